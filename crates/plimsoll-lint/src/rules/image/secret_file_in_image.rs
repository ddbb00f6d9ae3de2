use plimsoll_finding::{Check, Confidence, Sink};

use crate::{image_secret::secret_in_file, rule::also, subject::image::ImageSubject};

also! { "secret-file-in-image", Check::Whole(check) }

fn check(subject: &ImageSubject, sink: &mut Sink<'_>) {
    for file in subject.files.iter().filter(|it| it.package.is_none() && it.entry.size > 0) {
        let found = secret_in_file(&file.entry.path, file.content.as_deref());
        let Some((what, confidence)) = found else { continue };
        let message = format!("`/{}` holds {what}, and the layer keeps it", file.entry.path);
        let place = subject.file_place(file);
        let _ = sink.report_place(place, message).confidence(confidence);
    }
    for file in subject.hidden.iter().filter(|it| it.entry.size > 0) {
        let found = secret_in_file(&file.entry.path, file.content.as_deref());
        let Some((what, confidence)) = found.filter(|it| it.1 > Confidence::Low) else { continue };
        let how = if file.is_deleted { "deleted" } else { "written anew" };
        let message = format!(
            "`/{}` holds {what}; it is {how} in a later layer, but everybody who pulls the image \
             has it",
            file.entry.path
        );
        let place = subject.hidden_place(file);
        let _ = sink.report_place(place, message).confidence(confidence);
    }
}
