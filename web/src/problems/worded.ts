// What the server says went wrong, in the reader's language.
// Its sentences, before their facts are put in, are the keys of the translations; English is what it says itself.
import i18next from "i18next";
import { useTranslation } from "react-i18next";
import type { Shapes } from "@/api/client";
import { count, moment } from "@/shared/format";

export type Said = Shapes["Sentences"];
type Fact = NonNullable<Said["facts"]>[string];

/** Fetch the words of the reader's language; without them (no network) the server's own are shown. */
export function learn(): Promise<unknown> {
  return i18next.loadNamespaces("problems");
}

/** A piece of a sentence; one that is `foreign` is in English whatever the reader's language: another program says it. */
export interface Part {
  readonly text: string;
  readonly foreign?: boolean;
}

/** The facts that hold what a parser or an operating system says. */
const FOREIGN = ["reason", "error"];

/** What happened and how to mend it; nothing where the reader's language has no words for it. */
export function parted({ detail, mend, facts = {} }: Said): Part[] | undefined {
  const told = [detail, mend].filter((one) => one != null).map(translated);
  if (told.includes(undefined)) return undefined;
  return told
    .join(" ")
    .split(PLACE)
    .map((text, index) => (index % 2 ? putIn(text, facts) : { text }));
}

/** The same as a text. */
export function worded(said: Said): string | undefined {
  return parted(said)
    ?.map((part) => part.text)
    .join("");
}

/** The same for what comes beside an answer that was not refused, such as the faults of a draft. */
export function useWorded(): (said: Said, english: string) => string {
  useTranslation("problems");
  return (said, english) => worded(said) ?? english;
}

function translated(sentence: string): string | undefined {
  const language = i18next.language ?? "en";
  if (language.startsWith("en")) return sentence;
  return i18next.getResource(language, "problems", sentence, { keySeparator: false });
}

const PLACE = /\{(\w+)\}/;

function putIn(name: string, facts: Record<string, Fact>): Part {
  const fact = facts[name];
  return fact === undefined
    ? { text: `{${name}}` }
    : { text: written(fact), foreign: FOREIGN.includes(name) };
}

function written(fact: Fact): string {
  if (typeof fact === "number") return count(fact, 4);
  if (Array.isArray(fact)) return fact.join(", ") || "–";
  if (typeof fact === "object") return fact[i18next.language] ?? fact.en ?? Object.values(fact)[0] ?? "";
  return /^\d{4}-\d\d-\d\dT/.test(fact) ? moment(fact) : fact;
}
