//! Any two texts merge as compose files, and the result can be printed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_config::compose::{ComposeInput, Settings, load_project};
use plimsoll_text::Source;

fuzz_target!(|texts: (&str, &str, &str)| {
    let inputs = [
        ComposeInput { source: Source::new("compose.yaml", texts.0) },
        ComposeInput { source: Source::new("compose.override.yaml", texts.1) },
    ];
    let mut settings = Settings { directory: Some("/project".to_owned()), ..Settings::default() };
    settings.environment.add_dotenv(&Source::new(".env", texts.2));
    let project = load_project(&inputs, &settings, &|path| Some(Source::new(path, texts.1)));
    let _ = project.to_json();
});
