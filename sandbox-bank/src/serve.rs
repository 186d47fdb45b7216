//! The bank at work.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use chrono::{FixedOffset, Utc};

use crate::{
    book::{Book, Booking, Payment, Side, Standing, fen},
    message,
    order::{self, Order},
    page,
    rule::Rule,
};

/// How often the folder is looked into.
const PACE: Duration = Duration::from_millis(300);

/// How the bank is run.
#[derive(clap::Args)]
pub struct Args {
    /// Folder that is shared with the customer; the bank's own memory lies in it as well
    #[arg(long)]
    folder: PathBuf,
    /// Where the customer leaves payment files
    #[arg(long, default_value = "out")]
    outgoing: String,
    /// Where the customer takes the bank's files
    #[arg(long, default_value = "in")]
    incoming: String,
    /// The customer's account
    #[arg(long, default_value = "11000000000000001")]
    account: String,
    /// Address of the page; port 0 takes any free port
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Milliseconds between taking a payment and answering
    #[arg(long, default_value_t = 0)]
    delay_ms: u64,
    /// End when the process that started this one has ended
    #[arg(long)]
    with_parent: bool,
}

/// The bank.
pub struct Bank {
    args: Args,
    book: Mutex<Book>,
    /// Notifications that are half written, with what is missing, by the payment's end-to-end id.
    halves: Mutex<HashMap<String, (File, String)>>,
}

/// Runs until it is stopped.
pub async fn run(args: Args) -> Result<()> {
    for folder in [&args.outgoing, &args.incoming] {
        let folder = args.folder.join(folder);
        fs::create_dir_all(&folder)
            .with_context(|| format!("{} can't be made", folder.display()))?;
    }
    let book = Book::open(&args.folder.join("sandbox-bank.json"), &args.account)?;
    let listener = tokio::net::TcpListener::bind(args.listen).await;
    let listener = listener
        .with_context(|| format!("{} is taken: choose another with --listen", args.listen))?;
    println!(
        "sandbox bank: its page is on http://{}",
        listener.local_addr()?
    );
    let bank: &'static Bank = Box::leak(Box::new(Bank {
        args,
        book: Mutex::new(book),
        halves: Mutex::default(),
    }));
    thread::spawn(move || bank.work());
    axum::serve(listener, page::routes(bank)).await?;
    Ok(())
}

/// Now in China.
pub fn now() -> String {
    let zone = FixedOffset::east_opt(8 * 3600).unwrap_or_else(|| chrono::Offset::fix(&Utc));
    Utc::now()
        .with_timezone(&zone)
        .format("%Y-%m-%dT%H:%M:%S%:z")
        .to_string()
}

impl Bank {
    /// The bank's memory.
    pub fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        let parent = std::os::unix::process::parent_id();
        loop {
            if self.args.with_parent && std::os::unix::process::parent_id() != parent {
                std::process::exit(0);
            }
            if let Err(error) = self.take_orders() {
                eprintln!("sandbox bank: {error:#}");
            }
            thread::sleep(PACE);
        }
    }

    fn take_orders(&self) -> Result<()> {
        for entry in fs::read_dir(self.args.folder.join(&self.args.outgoing))? {
            let file = entry?.path();
            if file.extension().is_some_and(|end| end == "xml") {
                thread::sleep(Duration::from_millis(self.args.delay_ms));
                self.take(&file)
                    .with_context(|| file.display().to_string())?;
            }
        }
        Ok(())
    }

    /// Takes a file away, then answers it.
    fn take(&self, file: &Path) -> Result<()> {
        let orders = order::read(&fs::read_to_string(file)?);
        fs::remove_file(file)?;
        for order in orders? {
            self.answer(order)?;
        }
        Ok(())
    }

    fn answer(&self, order: Order) -> Result<()> {
        let (rule, id) = (Rule::of(&order.account), order.end_to_end.clone());
        if self.book().payment(&id).is_some() {
            bail!("{id} was paid for before; a bank would pay again, this one tells");
        }
        let payment = Payment {
            order,
            standing: Standing::Waiting,
            received_at: now(),
        };
        self.book().payments.push(payment);
        self.save()?;
        match rule {
            Rule::Reject(code, words) => self.reject(&id, code, words),
            Rule::Wait => self.report(&id, "ACSP", None, false),
            Rule::Garbage => self.write("pain.002", "\u{1}\u{2} no message\n", false),
            Rule::Pay => self.settle(&id),
            Rule::Twice => self.pay(&id, true, |text| self.write("camt.054", text, true)),
            Rule::Half => self.pay_by_halves(&id),
            Rule::Return => {
                self.settle(&id)?;
                self.give_back(&id, "AC04")
            }
        }
    }

    /// Pays: accepted, booked, credited.
    pub fn settle(&self, id: &str) -> Result<()> {
        self.pay(id, false, |text| self.write("camt.054", text, false))
    }

    fn pay(&self, id: &str, twice: bool, notify: impl Fn(&str) -> Result<()>) -> Result<()> {
        self.report(id, "ACSP", None, twice)?;
        notify(&self.notification(&self.booked(id)?))?;
        self.report(id, "ACCC", None, twice)
    }

    fn booked(&self, id: &str) -> Result<Booking> {
        let payment = self.stand(id, Standing::Waiting, Standing::Paid)?;
        self.book_for(&payment, Side::Debit, None)
    }

    /// Pays, and stops in the middle of the notification, which has its final name already.
    fn pay_by_halves(&self, id: &str) -> Result<()> {
        self.report(id, "ACSP", None, false)?;
        let text = self.notification(&self.booked(id)?);
        let mut half = text.len() / 2;
        while !text.is_char_boundary(half) {
            half -= 1;
        }
        let (first, rest) = text.split_at(half);
        let mut file = File::create(self.next_file("camt.054")?)?;
        file.write_all(first.as_bytes())?;
        self.halves().insert(id.to_owned(), (file, rest.to_owned()));
        Ok(())
    }

    /// Writes the other half, wherever the file lies by now.
    pub fn finish(&self, id: &str) -> Result<()> {
        let half = self.halves().remove(id);
        let (mut file, rest) = half.with_context(|| format!("nothing is half written for {id}"))?;
        file.write_all(rest.as_bytes())?;
        self.report(id, "ACCC", None, false)
    }

    fn halves(&self) -> MutexGuard<'_, HashMap<String, (File, String)>> {
        self.halves.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses.
    pub fn reject(&self, id: &str, code: &str, words: &str) -> Result<()> {
        self.stand(id, Standing::Waiting, Standing::Rejected)?;
        self.report(id, "RJCT", Some((code, words)), false)
    }

    /// Gets paid money back.
    pub fn give_back(&self, id: &str, code: &str) -> Result<()> {
        let payment = self.stand(id, Standing::Paid, Standing::Returned)?;
        let booking = self.book_for(&payment, Side::Credit, Some(code.to_owned()))?;
        self.write("camt.054", &self.notification(&booking), false)
    }

    /// Somebody else pays our customer.
    pub fn receive(&self, name: &str, account: &str, amount: &str, remark: &str) -> Result<()> {
        let booking = Booking {
            number: 0,
            side: Side::Credit,
            fen: fen(amount)?,
            at: now(),
            name: name.to_owned(),
            account: account.to_owned(),
            end_to_end: None,
            remark: remark.to_owned(),
            returned: None,
        };
        let booking = self.enter(booking)?;
        self.write("camt.054", &self.notification(&booking), false)
    }

    /// A statement of everything so far.
    pub fn statement(&self) -> Result<()> {
        let book = self.book().clone();
        let id = format!("STMT{:08}", book.files + 1);
        let statement = message::account_report(&id, &now(), &book.account, &book.bookings, true);
        self.write("camt.053", &statement, false)
    }

    /// Moves a payment on.
    fn stand(&self, id: &str, from: Standing, to: Standing) -> Result<Payment> {
        let mut book = self.book();
        let payment = book
            .payment(id)
            .with_context(|| format!("there is no payment {id}"))?;
        if payment.standing != from {
            bail!("{id} is {:?}, not {from:?}", payment.standing);
        }
        payment.standing = to;
        Ok(payment.clone())
    }

    fn book_for(&self, payment: &Payment, side: Side, returned: Option<String>) -> Result<Booking> {
        let order = &payment.order;
        self.enter(Booking {
            number: 0,
            side,
            fen: fen(&order.amount)?,
            at: now(),
            name: order.payee.clone(),
            account: order.account.clone(),
            end_to_end: Some(order.end_to_end.clone()),
            remark: order.remark.clone(),
            returned,
        })
    }

    fn enter(&self, mut booking: Booking) -> Result<Booking> {
        {
            let mut book = self.book();
            booking.number = book.bookings.len() as u64 + 1;
            book.bookings.push(booking.clone());
        }
        self.save()?;
        Ok(booking)
    }

    fn notification(&self, booking: &Booking) -> String {
        let id = format!("NTFC{:08}", booking.number);
        let account = self.book().account.clone();
        message::account_report(&id, &now(), &account, std::slice::from_ref(booking), false)
    }

    fn report(
        &self,
        id: &str,
        status: &str,
        reason: Option<(&str, &str)>,
        twice: bool,
    ) -> Result<()> {
        let (payment, number) = {
            let mut book = self.book();
            let payment = book
                .payment(id)
                .with_context(|| format!("there is no payment {id}"))?
                .clone();
            (payment, book.files + 1)
        };
        let report = message::status(&format!("STS{number:08}"), &now(), &payment, status, reason);
        self.write("pain.002", &report, twice)
    }

    fn save(&self) -> Result<()> {
        self.book()
            .save(&self.args.folder.join("sandbox-bank.json"))
    }

    fn next_file(&self, kind: &str) -> Result<PathBuf> {
        let number = {
            let mut book = self.book();
            book.files += 1;
            book.files
        };
        self.save()?;
        Ok(self
            .args
            .folder
            .join(&self.args.incoming)
            .join(format!("{number:08}.{kind}.xml")))
    }

    fn write(&self, kind: &str, text: &str, twice: bool) -> Result<()> {
        for _ in 0..=usize::from(twice) {
            let file = self.next_file(kind)?;
            let part = file.with_extension("part");
            fs::write(&part, text)?;
            fs::rename(&part, &file)?;
        }
        Ok(())
    }
}
