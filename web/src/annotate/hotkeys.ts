// Which key does what: a class has its own letter first, and the screen's actions then take theirs with Shift.
import type { Key } from "@/shared/keys";
import type { Question } from "./task";

export { shown } from "@/shared/keys";

/** The key of an action, with Shift where a class of this question has taken the letter. */
export function free(press: string, question: Question | undefined): string {
  const taken = question?.classes.some((one) => one.key.toLowerCase() === press.toLowerCase());
  return taken ? `shift+${press}` : press;
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
