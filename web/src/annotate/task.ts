// What the screens of this folder speak of.
import type { Shapes } from "@/api/client";

export type Task = Shapes["Task"];
export type Guide = Shapes["Guide"];
export type Step = Shapes["GuideStep"];
export type Question = Shapes["GuideQuestion"];
export type Class = Shapes["GuideClass"];
export type Clause = Shapes["GuideClause"];
export type Reason = Shapes["GuideReason"];

/** One text, or one for each language. */
export type Words = string | Record<string, string>;

/** The item of a task, or of a case, or of a row: what is looked at. */
export interface Item {
  readonly project: string;
  readonly body: unknown;
  readonly media?: unknown;
  readonly language?: string | null;
}

/** The text in this language; else in English; else in the first language there is. */
export function say(words: Words | null | undefined, language: string): string {
  if (!words) return "";
  if (typeof words === "string") return words;
  return words[language.slice(0, 2)] ?? words.en ?? Object.values(words)[0] ?? "";
}
