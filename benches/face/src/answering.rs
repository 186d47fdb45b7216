//! Answering the driver's questions.

use std::io::{BufRead as _, Write as _};
use std::time::Instant;

use anyhow::Result;
use rustix::time::{ClockId, clock_gettime};
use serde_json::Value;

use crate::protocol::{Answer, Question, Ready};

/// Says who answers, then answers until the input ends. `run` runs a stage on a frame and says what it found.
pub fn serve(name: &str, mut run: impl FnMut(&str, usize) -> Result<Value>) -> Result<()> {
    say(&Ready {
        ready: name.to_owned(),
    })?;
    for line in std::io::stdin().lock().lines() {
        let question: Question = serde_json::from_str(&line?)?;
        say(&answer(&question, &mut run)?)?;
    }
    Ok(())
}

fn answer(
    question: &Question,
    run: &mut impl FnMut(&str, usize) -> Result<Value>,
) -> Result<Answer> {
    let mut answer = Answer {
        wall_ns: Vec::new(),
        cpu_ns: Vec::new(),
        found: Value::Null,
    };
    for _ in 0..question.repeat {
        let (wall, cpu) = (Instant::now(), computed_ns());
        answer.found = run(&question.stage, question.frame)?;
        answer.cpu_ns.push(computed_ns() - cpu);
        answer
            .wall_ns
            .push(u64::try_from(wall.elapsed().as_nanos())?);
    }
    Ok(answer)
}

fn say(what: &impl serde::Serialize) -> Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{}", serde_json::to_string(what)?)?;
    Ok(output.flush()?)
}

/// Time that this process computed, all threads together.
fn computed_ns() -> u64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    seconds * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0)
}
