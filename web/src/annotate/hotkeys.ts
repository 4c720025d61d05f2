// Which key does what: a class has its own letter first, and the screen's actions then take theirs with Shift.
import type { Key } from "@/shared/keys";
import type { Question } from "./task";

/** The key of an action, with Shift where a class of this question has taken the letter. */
export function free(press: string, question: Question | undefined): string {
  const taken = question?.classes.some((one) => one.key.toLowerCase() === press.toLowerCase());
  return taken ? `shift+${press}` : press;
}

const SIGNS: Record<string, string> = {
  shift: "⇧",
  mod: "Ctrl/⌘ ",
  alt: "Alt ",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
};

/** A key as it is written on the screen. */
export function shown(press: string): string {
  const parts = press.split("+").filter(Boolean);
  if (press.endsWith("+")) parts.push("+");
  return parts
    .map((part) => SIGNS[part] ?? (part.length === 1 && parts.length > 1 ? part.toUpperCase() : part))
    .join("");
}

/** One key a class. */
export function classKeys(
  question: Question,
  title: (id: string) => string,
  run: (id: string) => void,
): Key[] {
  return question.classes
    .filter((one) => one.key)
    .map((one) => ({ press: one.key, does: title(one.id), run: () => run(one.id) }));
}
