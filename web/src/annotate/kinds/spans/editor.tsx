// Marking text: select with the pointer or with the arrow keys, then press a class's key.
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useKeys } from "@/shared/keys";
import { classKeys } from "../../hotkeys";
import { say } from "../../task";
import type { Props } from "../kind";
import kinds from "../kinds.module.css";
import { textOf } from "./kind";
import { Marked } from "./marked";
import { crossing, moved, type Range, type Span, sorted, stops, trimmed, wordAt } from "./spans";

/** The text itself, in the item's place. */
export function Part({ question, item, value, onChange, focus, onFocus }: Props<Span[]>) {
  const { t, i18n } = useTranslation("annotate");
  const text = textOf(item, question);
  const place = useRef<HTMLDivElement>(null);
  const [range, setRange] = useState<Range | null>(null);
  const [said, setSaid] = useState("");
  const [warned, setWarned] = useState(false);
  const words = useMemo(() => stops(text, "word", item.language), [text, item.language]);
  const letters = useMemo(() => stops(text, "grapheme", item.language), [text, item.language]);
  const selected = focus.mark !== null ? value[focus.mark] : undefined;

  // Choosing a mark in the list puts the caret at its end, so that the arrow keys adjust it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another mark is chosen
  useEffect(() => {
    if (selected) setRange({ anchor: selected.start, head: selected.end });
  }, [focus.mark]);

  const tell = (words: string, warning: boolean) => {
    setSaid(words);
    setWarned(warning);
  };
  const change = (next: readonly Span[], mark: Span | null) => {
    const ordered = sorted(next, question);
    const at = mark && ordered.findIndex((one) => same(one, mark));
    onChange(ordered);
    onFocus({ mark: at });
    tell(mark ? t("spans.now", { text: text.slice(mark.start, mark.end) }) : "", false);
  };
  const put = (span: Span, instead: number) => {
    const other = crossing(value, span, question, instead);
    if (other) return tell(t("spans.overlaps", { text: text.slice(other.start, other.end) }), true);
    change([...value.filter((_, i) => i !== instead), span], span);
  };
  const label = (id: string) => {
    onFocus({ label: id });
    if (selected && focus.mark !== null) return put({ ...selected, label: id }, focus.mark);
    const wanted = range && range.anchor !== range.head ? trimmed(text, range.anchor, range.head) : null;
    const found = wanted ?? (range && wordAt(words, range.head));
    if (found) put({ ...found, label: id }, -1);
    else tell(t("spans.selectFirst"), true);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each press
  useEffect(() => {
    if (!focus.apply) return;
    label(focus.apply);
    onFocus({ apply: undefined });
  }, [focus.apply]);
  const go = (step: 1 | -1, unit: "word" | "grapheme", extending: boolean) => {
    const at = range ?? { anchor: 0, head: 0 };
    const head = moved(unit === "word" ? words : letters, at.head, step, extending);
    if (!extending) {
      onFocus({ mark: null });
      return setRange({ anchor: head, head });
    }
    setRange({ anchor: at.anchor, head });
    const wanted = trimmed(text, at.anchor, head);
    if (selected && focus.mark !== null && wanted) put({ ...wanted, label: selected.label }, focus.mark);
  };
  const choose = (step: 1 | -1) => {
    if (value.length === 0) return;
    const from = focus.mark ?? (step === 1 ? -1 : 0);
    onFocus({ mark: (from + step + value.length) % value.length });
  };
  const remove = () =>
    change(
      value.filter((_, i) => i !== focus.mark),
      null,
    );
  const turn = () => setRange(range && { anchor: range.head, head: range.anchor });

  const title = (id: string) =>
    say(question.classes.find((one) => one.id === id)?.title, i18n.language) || id;
  const ofMark = [
    { press: "Home", does: t("spans.keys.turn"), run: turn },
    { press: "Delete", does: t("marks.keys.remove"), run: remove },
    { press: "Backspace", does: t("marks.keys.remove"), run: remove, listed: false },
    { press: "Escape", does: t("marks.keys.leave"), run: () => onFocus({ mark: null }) },
  ];
  useKeys([
    ...classKeys(question, title, label),
    { press: "ArrowRight", does: t("spans.keys.right"), run: () => go(1, "word", false) },
    { press: "ArrowLeft", does: t("spans.keys.left"), run: () => go(-1, "word", false) },
    { press: "shift+ArrowRight", does: t("spans.keys.extend"), run: () => go(1, "word", true) },
    { press: "shift+ArrowLeft", does: t("spans.keys.shrink"), run: () => go(-1, "word", true) },
    { press: "alt+ArrowRight", does: t("spans.keys.letter"), run: () => go(1, "grapheme", false) },
    {
      press: "alt+ArrowLeft",
      does: t("spans.keys.letter"),
      run: () => go(-1, "grapheme", false),
      listed: false,
    },
    { press: "alt+shift+ArrowRight", does: t("spans.keys.extendLetter"), run: () => go(1, "grapheme", true) },
    { press: "alt+shift+ArrowLeft", does: t("spans.keys.shrinkLetter"), run: () => go(-1, "grapheme", true) },
    { press: "]", does: t("marks.keys.next"), run: () => choose(1) },
    { press: "[", does: t("marks.keys.previous"), run: () => choose(-1) },
    ...(selected ? ofMark : []),
  ]);
  const pointed = () => {
    const found = selectionIn(place.current);
    if (!found) return;
    if (found.anchor !== found.head) {
      onFocus({ mark: null });
      setRange(found);
      window.getSelection()?.removeAllRanges();
      return;
    }
    const inner = value.flatMap((one, i) => (one.start <= found.head && found.head < one.end ? [i] : []));
    onFocus({ mark: inner.at(-1) ?? null });
    if (inner.length === 0) setRange(found);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys above do the same
    <div onMouseUp={pointed} onTouchEnd={() => setTimeout(pointed)}>
      <Marked text={text} spans={value} question={question} range={range} selected={focus.mark} ref={place} />
      <div className={kinds.hidden} aria-live="polite">
        {said ||
          (range && text.slice(Math.min(range.anchor, range.head), Math.max(range.anchor, range.head)))}
      </div>
      {warned && <p className={kinds.hint}>{said}</p>}
    </div>
  );
}

function same(a: Span, b: Span): boolean {
  return a.start === b.start && a.end === b.end && a.label === b.label;
}

/** What is selected with the pointer, in UTF-16 units of the text. */
function selectionIn(place: HTMLElement | null): Range | null {
  const selection = window.getSelection();
  if (!place || !selection?.anchorNode || !selection.focusNode) return null;
  const anchor = offset(place, selection.anchorNode, selection.anchorOffset);
  const head = offset(place, selection.focusNode, selection.focusOffset);
  return anchor === null || head === null ? null : { anchor, head };
}

function offset(place: HTMLElement, node: Node, within: number): number | null {
  if (!place.contains(node)) return null;
  const element = node instanceof Element ? node : node.parentElement;
  const piece = element?.closest<HTMLElement>("[data-from]");
  if (piece) return Number(piece.dataset.from) + (node instanceof Element ? 0 : within);
  // Between two pieces (a tag, or the end of a line): the end of the piece before.
  const before = [...place.querySelectorAll<HTMLElement>("[data-from]")].findLast(
    (one) => one.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  return before ? Number(before.dataset.from) + (before.textContent?.length ?? 0) : 0;
}
