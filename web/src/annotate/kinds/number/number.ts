// Reading and checking a number as a person writes it.
import { count } from "@/shared/format";
import type { Question } from "../../task";
import type { Complaint } from "../kind";

interface Options {
  min?: number | null;
  max?: number | null;
  unit?: string;
  whole?: boolean;
}

export function optionsOf(question: Question): Options {
  return question.options as Options;
}

/** "3.5", "3,5", "−2" and "1 000" as numbers; null when it is none. */
export function read(written: string): number | null {
  const plain = written
    .trim()
    .replace(/[\s'’]/g, "")
    .replace(/[−–]/g, "-")
    .replace(",", ".");
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const number = Number(plain);
  return Number.isFinite(number) ? number : null;
}

export function problem(written: string, question: Question): Complaint | null {
  const { min, max, whole } = optionsOf(question);
  if (written.trim() === "") return { says: "problem.number" };
  const number = read(written);
  if (number === null) return { says: "problem.notNumber" };
  if (whole && !Number.isInteger(number)) return { says: "problem.whole" };
  if (min != null && number < min) return { says: "problem.atLeast", with: { limit: count(min, 6) } };
  if (max != null && number > max) return { says: "problem.atMost", with: { limit: count(max, 6) } };
  return null;
}
