// What a finding says, in the reader's language, from its evidence; and the two numbers behind it.
import type { TFunction } from "i18next";
import { say, type Words } from "@/annotate/task";
import { count, percent } from "@/shared/format";

const DETECTORS = [
  "adversarial",
  "answer_order",
  "class_mix",
  "clause_agreement",
  "collusion",
  "constant",
  "duplicates",
  "fatigue",
  "hard_items",
  "item_content",
  "machine_text",
  "pasted",
  "position",
  "random_answers",
  "same_answers",
  "skill_gap",
  "slips",
  "speed",
  "split",
  "straight_lining",
  "sudden_change",
  "unrelated",
] as const;
const PEOPLE = ["flagged"] as const;
const VALIDATORS = ["copied", "inconsistent", "min_seconds", "reading_speed", "repeats", "required"] as const;
export const KINDS = [...PEOPLE, ...DETECTORS, ...VALIDATORS] as const;
type Kind = (typeof KINDS)[number];
type Evidence = Record<string, unknown>;
type T = TFunction<"findings">;

const known = (kind: string): kind is Kind => (KINDS as readonly string[]).includes(kind);

/** The name of a detector or validator; one of another's package is called as it calls itself. */
export function named(kind: string, t: T): string {
  return known(kind) ? t(`kind.${kind}`) : kind.replaceAll("_", " ");
}

/** Numbers as people write them: shares as percents, others with few digits. */
const SHARES = [
  "right",
  "chance",
  "share",
  "expected_share",
  "before",
  "after",
  "since",
  "gain",
  "usual_gain",
  "probability",
];

function shown(name: string, value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(", ");
  if (typeof value !== "number") return String(value ?? "");
  return SHARES.includes(name) ? percent(value, 0) : count(value, value % 1 && value < 100 ? 1 : 0);
}

/** In the words that the schema has for it, if any; what a detector of another's package found, in its own words. */
export function says(kind: string, message: string, evidence: unknown, t: T, language: string): string {
  const told = evidence as Evidence;
  if (told.say) return say(told.say as Words, language);
  if (!known(kind)) return message;
  const words = Object.fromEntries(Object.entries(told).map(([name, value]) => [name, shown(name, value)]));
  if (kind === "constant" || kind === "position") words.expected = shown("chance", told.expected);
  if (kind === "unrelated") words.usual = shown("chance", told.usual);
  if (kind === "same_answers") words.usual = count(Number(told.usual) * Number(told.shared), 0);
  const labels = (told.labels ?? told.classes) as string[] | undefined;
  if (labels) [words.one, words.two] = [labels[0] ?? "", labels[1] ?? ""];
  if (kind === "split") words.pairs = (told.pairs as string[][]).map((pair) => pair.join(" / ")).join(", ");
  if (kind === "hard_items") words.items = count(Object.keys(told.soft as Evidence).length);
  if (kind === "copied") words.similarity = percent(Number(told.similarity) / 100, 0);
  return t(`says.${kind}`, { ...words, interpolation: { escapeValue: false } });
}

type Unit = "share" | "seconds" | "number";

export interface Compared {
  seen: number;
  usual: number;
  unit: Unit;
}

const PAIRS: Partial<Record<Kind, [string, string, Unit]>> = {
  adversarial: ["right", "chance", "share"],
  random_answers: ["right", "chance", "share"],
  clause_agreement: ["since", "before", "share"],
  collusion: ["same_errors", "expected", "number"],
  constant: ["share", "expected", "share"],
  duplicates: ["inside", "expected", "number"],
  item_content: ["distance", "by_chance", "number"],
  position: ["share", "expected", "share"],
  speed: ["seconds", "usual", "seconds"],
  straight_lining: ["repeats", "expected", "number"],
  sudden_change: ["after", "before", "share"],
  unrelated: ["gain", "usual", "share"],
};

/** What was seen beside what is usual, where a finding is such a comparison. */
export function compared(kind: string, evidence: unknown): Compared | null {
  const pair = known(kind) ? PAIRS[kind] : undefined;
  if (!pair) return null;
  const told = evidence as Evidence;
  const [seen, usual] = [told[pair[0]], told[pair[1]]];
  return typeof seen === "number" && typeof usual === "number" ? { seen, usual, unit: pair[2] } : null;
}
