// Stretches of a text, each with a class; they may overlap where the schema says so.
import type { Item, Question } from "../../task";
import { bounds, counted } from "../choices/kind";
import type { Kind } from "../kind";
import { List } from "../mark_list";
import { Part } from "./editor";
import { Marked } from "./marked";
import { type Span, sorted, toPoints, toUnits } from "./spans";

export function fieldOf(question: Question): string {
  return typeof question.options.field === "string" ? question.options.field : "text";
}

/** The text that is marked. */
export function textOf(item: Item | undefined, question: Question): string {
  const body = item?.body;
  if (typeof body === "string") return body;
  const found = (body as Record<string, unknown> | null)?.[fieldOf(question)];
  return typeof found === "string" ? found : "";
}

export const kind: Kind<Span[]> = {
  Editor: ({ question, item, value, onChange, focus, onFocus }) => (
    <List
      question={question}
      labels={value.map((one) => one.label)}
      words={value.map((one) => textOf(item, question).slice(one.start, one.end))}
      focus={focus}
      onFocus={onFocus}
      onArm={(id) => onFocus({ label: id, apply: id })}
      onRemove={(at) => onChange(value.filter((_, i) => i !== at))}
      hint="spans"
    />
  ),
  View: ({ question, value, item }) => (
    <Marked
      text={textOf(item, question)}
      spans={toUnits(value, textOf(item, question))}
      question={question}
    />
  ),
  onItem: { part: (question) => ({ field: fieldOf(question) }), Part },
  empty: () => [],
  problem: (value, question) => (bounds(question).min === 0 ? null : counted(value.length, question)),
  send: (value, question, item) => sorted(toPoints(value, textOf(item, question)), question),
  receive: (value, question, item) => toUnits(value as Span[], textOf(item, question)),
};
