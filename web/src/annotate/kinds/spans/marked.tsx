// A text with its marks, as plain DOM text: what overlaps is underlined once for each mark.
import type { CSSProperties, Ref } from "react";
import { useTranslation } from "react-i18next";
import { classColour } from "@/shared/theme";
import { type Question, say } from "../../task";
import { type Piece, pieces, type Range, type Span } from "./spans";
import classes from "./spans.module.css";

interface Shown {
  text: string;
  spans: readonly Span[];
  question: Question;
  range?: Range | null;
  selected?: number | null;
  ref?: Ref<HTMLDivElement>;
}

export function Marked({ text, spans, question, range = null, selected = null, ref }: Shown) {
  const { i18n } = useTranslation("annotate");
  const position = new Map(question.classes.map((one, i) => [one.id, i]));
  const colour = (at: number) => classColour(position.get(spans[at]?.label ?? "") ?? 0);
  const name = (at: number) => {
    const one = question.classes.find((each) => each.id === spans[at]?.label);
    return say(one?.title, i18n.language) || (spans[at]?.label ?? "");
  };
  const [low, high] = range
    ? [Math.min(range.anchor, range.head), Math.max(range.anchor, range.head)]
    : [-1, -1];
  return (
    <div className={classes.text} ref={ref} dir="auto">
      {pieces(text, spans, range).map((piece) => {
        const ending = piece.spans.filter((at) => spans[at]?.end === piece.end);
        return (
          <span key={piece.start}>
            <span
              data-from={piece.start}
              className={classes.piece}
              data-marked={piece.spans.length > 0 || undefined}
              data-selected={(selected !== null && piece.spans.includes(selected)) || undefined}
              data-range={(piece.start >= low && piece.end <= high && low < high) || undefined}
              data-caret={caretIn(piece, range, text) || undefined}
              style={underlines(piece, colour)}
            >
              {text.slice(piece.start, piece.end)}
            </span>
            {ending.map((at) => (
              <span key={at} className={classes.tag} style={{ "--class": colour(at) } as CSSProperties}>
                {name(at)}
              </span>
            ))}
          </span>
        );
      })}
    </div>
  );
}

function caretIn(piece: Piece, range: Range | null, text: string): "start" | "end" | null {
  if (!range) return null;
  if (range.head === piece.start) return "start";
  return range.head === text.length && piece.end === text.length ? "end" : null;
}

/** A tint of the innermost mark, and a line a mark below the words. */
function underlines(piece: Piece, colour: (at: number) => string): CSSProperties | undefined {
  const inner = piece.spans.at(-1);
  if (inner === undefined) return undefined;
  const lines = piece.spans.map((at, depth) => `0 ${3 * (depth + 1)}px 0 ${colour(at)}`);
  return {
    "--class": colour(inner),
    boxShadow: lines.join(", "),
    "--depth": piece.spans.length,
  } as CSSProperties;
}
