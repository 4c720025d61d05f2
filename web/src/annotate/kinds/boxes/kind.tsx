// Upright boxes in an image, each with a class.

import { mediaOf } from "../../item/media";
import { Zoom } from "../../item/zoom";
import type { Question } from "../../task";
import { bounds, counted } from "../choices/kind";
import type { Kind, ShowProps } from "../kind";
import { List } from "../mark_list";
import type { Box } from "./boxes";
import { Part } from "./editor";
import { Overlay } from "./overlay";

export function mediumOf(question: Question): number {
  return typeof question.options.medium === "number" ? question.options.medium : 0;
}

function View({ question, value, item }: ShowProps<Box[]>) {
  const medium = item && mediaOf(item)[mediumOf(question)];
  if (!medium?.src) return <List question={question} labels={value.map((one) => one.label)} />;
  return (
    <Zoom src={medium.src} alt={medium.name}>
      {(size) => <Overlay boxes={value} size={size} question={question} />}
    </Zoom>
  );
}

export const kind: Kind<Box[]> = {
  Editor: ({ question, value, onChange, focus, onFocus }) => (
    <List
      question={question}
      labels={value.map((one) => one.label)}
      focus={focus}
      onFocus={onFocus}
      onRemove={(at) => onChange(value.filter((_, i) => i !== at))}
      hint="boxes"
    />
  ),
  View,
  onItem: { part: (question) => ({ medium: mediumOf(question) }), Part },
  empty: () => [],
  problem: (value, question) => (bounds(question).min === 0 ? null : counted(value.length, question)),
};
