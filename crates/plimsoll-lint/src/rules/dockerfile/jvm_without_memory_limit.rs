use plimsoll_finding::{Check, Sink};

use crate::{
    rule::rule,
    started::{sets_variable, start_instruction, start_text, starts},
    subject::dockerfile::DockerfileSubject,
};

rule! {
    /// Java that is not told how much memory to take.
    ///
    /// ## Why
    /// By default the JVM takes a quarter of the container's memory for its heap and leaves the
    /// rest unused. `-XX:MaxRAMPercentage` says how much it may have.
    ///
    /// ## Bad
    /// ```dockerfile
    /// FROM eclipse-temurin:21
    /// CMD ["java", "-jar", "/app.jar"]
    /// # ^ jvm-without-memory-limit
    /// ```
    ///
    /// ## Good
    /// ```dockerfile
    /// FROM eclipse-temurin:21
    /// CMD ["java", "-XX:MaxRAMPercentage=75", "-jar", "/app.jar"]
    /// FROM eclipse-temurin:21
    /// ENV JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage=75
    /// CMD ["java", "-jar", "/app.jar"]
    /// ```
    ///
    /// ## Limits
    /// Options may be given where the container is started.
    ///
    /// ## References
    /// - JDK documentation: the `java` command
    "jvm-without-memory-limit" for DockerfileSubject {
        aliases: ["dockerfile-doctor:DD068"],
        severity: Info,
        confidence: Low,
        audience: Hygiene,
        controls: [],
        fix: None,
        check: Check::Whole(check),
    }
}

fn check(subject: &DockerfileSubject, sink: &mut Sink<'_>) {
    let dockerfile = &subject.dockerfile;
    if !starts(dockerfile, &["java"]) {
        return;
    }
    let text = start_text(dockerfile).unwrap_or_default();
    let told = text.contains("-Xm") || text.contains("RAMPercentage") || text.contains("_OPT");
    let by_variable = ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"]
        .iter()
        .any(|it| sets_variable(dockerfile, it));
    if let Some(start) = start_instruction(dockerfile).filter(|_| !told && !by_variable) {
        sink.report(
            start.name,
            "the heap gets a quarter of the memory; set `-XX:MaxRAMPercentage`",
        );
    }
}
