// Any number of the classes, between two bounds.
import type { Question } from "../../task";
import { Chips, Classes } from "../classes";
import type { Complaint, Kind } from "../kind";

/** The classes chosen, with one more or one less, in the order of the schema. */
export function toggled(chosen: readonly string[], id: string, question: Question): string[] {
  const next = new Set(chosen);
  if (!next.delete(id)) next.add(id);
  return question.classes.map((one) => one.id).filter((one) => next.has(one));
}

export function bounds(question: Question): { min: number; max: number } {
  const { min, max } = question.options;
  return {
    min: typeof min === "number" ? min : 0,
    max: typeof max === "number" ? max : Number.POSITIVE_INFINITY,
  };
}

/** What a count within bounds asks for. */
export function counted(count: number, question: Question): Complaint | null {
  const { min, max } = bounds(question);
  if (count < min) return { says: "problem.more", with: { count: min } };
  return count > max ? { says: "problem.fewer", with: { count: max } } : null;
}

export const kind: Kind<string[]> = {
  Editor: ({ value, onChange, ...rest }) => (
    <Classes {...rest} many chosen={value} onToggle={(id) => onChange(toggled(value, id, rest.question))} />
  ),
  View: ({ question, value }) => <Chips question={question} ids={value} />,
  empty: () => [],
  problem: (value, question) => counted(value.length, question),
};
