// Drawing boxes: with the pointer, or with a key that makes one and arrows that move it and its corner.
import { type PointerEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Key, useKeys } from "@/shared/keys";
import { classKeys, free } from "../../hotkeys";
import { mediaOf } from "../../item/media";
import { type Size, Zoom } from "../../item/zoom";
import { say } from "../../task";
import type { Props } from "../kind";
import kinds from "../kinds.module.css";
import { type Box, between, dragged, fresh, type Grip, smallest } from "./boxes";
import { mediumOf } from "./kind";
import { Overlay } from "./overlay";

const STEP = 1;
const LONG_STEP = 10;
const CLICK = 4;

interface Drag {
  readonly svg: SVGSVGElement;
  readonly grip: Grip;
  readonly at: number | null;
  readonly from: { x: number; y: number };
  readonly box: Box | null;
}

export function Part({ question, item, value, onChange, focus, onFocus }: Props<Box[]>) {
  const { t, i18n } = useTranslation("annotate");
  const view = useRef<HTMLDivElement>(null);
  const shownAt = useRef<Size>({ width: 1, height: 1 });
  const drag = useRef<Drag | null>(null);
  const [drawing, setDrawing] = useState<Box | null>(null);
  const label = focus.label ?? question.classes[0]?.id ?? "";
  const least = smallest(question);
  const replace = (at: number, box: Box) => onChange(value.map((one, i) => (i === at ? box : one)));
  const selected = focus.mark === null ? undefined : value[focus.mark];

  const add = () => {
    const place = view.current;
    const { width, height } = shownAt.current;
    if (!place) return;
    const seen = {
      x: place.scrollLeft / width,
      y: place.scrollTop / height,
      width: Math.min(place.clientWidth / width, 1),
      height: Math.min(place.clientHeight / height, 1),
    };
    onChange([...value, fresh(seen, label)]);
    onFocus({ mark: value.length, label });
  };
  const arm = (id: string) => {
    onFocus({ label: id });
    if (selected && focus.mark !== null) replace(focus.mark, { ...selected, label: id });
  };
  const choose = (step: 1 | -1) => {
    if (value.length === 0) return;
    const at = ((focus.mark ?? (step === 1 ? -1 : 0)) + step + value.length) % value.length;
    onFocus({ mark: at, label: value[at]?.label });
  };
  const remove = () => {
    onChange(value.filter((_, i) => i !== focus.mark));
    onFocus({ mark: null });
  };
  const nudge = (grip: Grip, dx: number, dy: number) => {
    const { width, height } = shownAt.current;
    if (selected && focus.mark !== null)
      replace(focus.mark, dragged(selected, grip, dx / width, dy / height, least));
  };
  const title = (id: string) =>
    say(question.classes.find((one) => one.id === id)?.title, i18n.language) || id;
  const ofMark = [
    ...arrows("", "all", STEP, t("boxes.keys.move"), nudge),
    ...arrows("shift+", "all", LONG_STEP, t("boxes.keys.moveFar"), nudge),
    ...arrows("alt+", "se", STEP, t("boxes.keys.resize"), nudge),
    ...arrows("alt+shift+", "se", LONG_STEP, t("boxes.keys.resizeFar"), nudge),
    { press: "Delete", does: t("marks.keys.remove"), run: remove },
    { press: "Backspace", does: t("marks.keys.remove"), run: remove, listed: false },
    { press: "Escape", does: t("marks.keys.leave"), run: () => onFocus({ mark: null }) },
  ];
  useKeys([
    ...classKeys(question, title, arm),
    { press: free("b", question), does: t("boxes.keys.add"), run: add },
    { press: "]", does: t("marks.keys.next"), run: () => choose(1) },
    { press: "[", does: t("marks.keys.previous"), run: () => choose(-1) },
    ...(selected ? ofMark : []),
  ]);

  const hold = (event: PointerEvent, at: number | null, grip: Grip) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    event.preventDefault();
    const svg = event.currentTarget.closest("svg") as SVGSVGElement;
    svg.setPointerCapture(event.pointerId);
    drag.current = { svg, grip, at, from: within(svg, event), box: at === null ? null : (value[at] ?? null) };
    onFocus({ mark: at, ...(at === null ? {} : { label: value[at]?.label }) });
  };
  const move = (event: PointerEvent) => {
    const held = drag.current;
    if (!held) return;
    const to = within(held.svg, event);
    if (held.at === null) setDrawing(between(held.from, to, label));
    else if (held.box)
      replace(held.at, dragged(held.box, held.grip, to.x - held.from.x, to.y - held.from.y, least));
  };
  const drop = () => {
    const box = drawing;
    drag.current = null;
    setDrawing(null);
    if (!box) return;
    const { width, height } = shownAt.current;
    // A click that trembled is no box.
    if (box.width * width < CLICK || box.height * height < CLICK) return;
    onChange([...value, { ...box, width: Math.max(box.width, least), height: Math.max(box.height, least) }]);
    onFocus({ mark: value.length, label });
  };
  const medium = mediaOf(item)[mediumOf(question)];
  if (!medium?.src) return <p>{t("image.failed")}</p>;
  return (
    <>
      <Zoom src={medium.src} alt={medium.name} view={view}>
        {(size) => {
          shownAt.current = size;
          return (
            <div className={kinds.over} onPointerMove={move} onPointerUp={drop} onPointerCancel={drop}>
              <Overlay
                boxes={value}
                size={size}
                question={question}
                selected={focus.mark}
                drawing={drawing}
                onHold={hold}
              />
            </div>
          );
        }}
      </Zoom>
      <div className={kinds.hidden} aria-live="polite">
        {selected && t("boxes.at", { title: title(selected.label), ...percentages(selected) })}
      </div>
    </>
  );
}

/** Where the pointer is, in shares of the image. */
function within(svg: SVGSVGElement, event: PointerEvent): { x: number; y: number } {
  const frame = svg.getBoundingClientRect();
  return { x: (event.clientX - frame.left) / frame.width, y: (event.clientY - frame.top) / frame.height };
}

function arrows(
  held: string,
  grip: Grip,
  step: number,
  does: string,
  nudge: (grip: Grip, dx: number, dy: number) => void,
): Key[] {
  const ways: [string, number, number][] = [
    ["ArrowLeft", -step, 0],
    ["ArrowRight", step, 0],
    ["ArrowUp", 0, -step],
    ["ArrowDown", 0, step],
  ];
  return ways.map(([arrow, dx, dy], i) => ({
    press: held + arrow,
    does,
    run: () => nudge(grip, dx, dy),
    listed: i === 1,
  }));
}

function percentages(box: Box): Record<string, number> {
  const share = (part: number) => Math.round(part * 100);
  return { x: share(box.x), y: share(box.y), width: share(box.width), height: share(box.height) };
}
