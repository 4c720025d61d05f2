// Numbers, money and times as the reader's language writes them.
import i18next from "i18next";

/** The reader's language, with the country that their browser names. */
function locale(): string {
  const own = i18next.language;
  return navigator.languages.find((one) => one === own || one.startsWith(`${own}-`)) ?? own;
}

const cache = new Map<string, Intl.NumberFormat | Intl.RelativeTimeFormat | Intl.DateTimeFormat>();

function formatter<T extends Intl.NumberFormat | Intl.RelativeTimeFormat | Intl.DateTimeFormat>(
  make: () => T,
  name: string,
): T {
  const key = `${i18next.language}:${name}`;
  if (!cache.has(key)) cache.set(key, make());
  return cache.get(key) as T;
}

export function count(value: number, digits = 0): string {
  const options = { maximumFractionDigits: digits };
  return formatter(() => new Intl.NumberFormat(locale(), options), `count${digits}`).format(value);
}

/** A share as per cent, with one digit where it matters. */
export function percent(
  value: number,
  digits = Math.abs(value) > 0.995 || Math.abs(value) < 0.1 ? 1 : 0,
): string {
  const options: Intl.NumberFormatOptions = { style: "percent", maximumFractionDigits: digits };
  return formatter(() => new Intl.NumberFormat(locale(), options), `percent${digits}`).format(value);
}

const SECONDS = { second: 1, minute: 60, hour: 3600 };

/** How long something took, in the unit that fits: "40 seconds", "12 minutes", "3.4 hours". */
export function duration(seconds: number): string {
  const unit = seconds < 90 ? "second" : seconds < 5400 ? "minute" : "hour";
  const digits = unit === "hour" ? 1 : 0;
  const options: Intl.NumberFormatOptions = {
    style: "unit",
    unit,
    unitDisplay: "long",
    maximumFractionDigits: digits,
  };
  return formatter(() => new Intl.NumberFormat(locale(), options), unit).format(seconds / SECONDS[unit]);
}

export function money(value: number | string, currency: string): string {
  const options: Intl.NumberFormatOptions = { style: "currency", currency, currencyDisplay: "narrowSymbol" };
  return formatter(() => new Intl.NumberFormat(locale(), options), `money${currency}`).format(Number(value));
}

/** An amount to its last digit: a price of less than a cent is none that is rounded. */
export function exact(value: number | string, currency: string): string {
  const options: Intl.NumberFormatOptions = {
    style: "currency",
    currency,
    currencyDisplay: "narrowSymbol",
    maximumFractionDigits: 6,
  };
  return formatter(() => new Intl.NumberFormat(locale(), options), `exact${currency}`).format(Number(value));
}

export function month(value: string | Date): string {
  const options: Intl.DateTimeFormatOptions = { month: "long", year: "numeric", timeZone: "UTC" };
  return formatter(() => new Intl.DateTimeFormat(locale(), options), "month").format(new Date(value));
}

export function moment(value: string | Date): string {
  const options: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "short" };
  return formatter(() => new Intl.DateTimeFormat(locale(), options), "moment").format(new Date(value));
}

/** The time of day, to the second. */
export function time(value: string | Date): string {
  const options: Intl.DateTimeFormatOptions = { timeStyle: "medium" };
  return formatter(() => new Intl.DateTimeFormat(locale(), options), "time").format(new Date(value));
}

/** The time of day, to the minute. */
export function clock(value: string | Date): string {
  const options: Intl.DateTimeFormatOptions = { timeStyle: "short" };
  return formatter(() => new Intl.DateTimeFormat(locale(), options), "clock").format(new Date(value));
}

export function day(value: string | Date): string {
  const options: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short" };
  return formatter(() => new Intl.DateTimeFormat(locale(), options), "day").format(new Date(value));
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** "3 hours ago", "in 2 days". */
export function ago(value: string | Date, now = Date.now()): string {
  const seconds = (new Date(value).getTime() - now) / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  const words = formatter(() => new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }), "ago");
  return words.format(Math.round(seconds / size), unit);
}
