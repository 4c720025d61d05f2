// A week of working hours, drawn: a bar of 24 hours for a day.
import type { CSSProperties } from "react";
import classes from "./week.module.css";

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof DAYS)[number];
export interface Span {
  from: string;
  to: string;
}

/** The name of a day, or its two or three letters. */
export function dayName(day: Day, language: string, weekday: "long" | "short" = "long"): string {
  // The first of January 2024 was a Monday.
  const date = new Date(Date.UTC(2024, 0, 1 + DAYS.indexOf(day)));
  return new Intl.DateTimeFormat(language, { weekday, timeZone: "UTC" }).format(date);
}

/** A time of day as a share of the day; an end at midnight is all of it. */
export function share(time: string, end = false): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  const part = (hours * 60 + minutes) / 1440;
  return end && part === 0 ? 1 : part;
}

export function Bar({ spans }: { spans: readonly Span[] }) {
  return (
    <span className={classes.bar} aria-hidden>
      {spans.map((span) => {
        const from = share(span.from);
        const style = { "--from": from, "--long": Math.max(share(span.to, true) - from, 0) } as CSSProperties;
        return <span key={`${span.from} ${span.to}`} className={classes.span} style={style} />;
      })}
    </span>
  );
}
