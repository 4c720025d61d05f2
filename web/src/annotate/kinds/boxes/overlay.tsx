// Boxes drawn over an image.
import type { CSSProperties, PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { classColour } from "@/shared/theme";
import type { Size } from "../../item/zoom";
import { type Question, say } from "../../task";
import { type Box, GRIPS, type Grip } from "./boxes";
import classes from "./boxes.module.css";

interface Drawn {
  boxes: readonly Box[];
  size: Size;
  question: Question;
  selected?: number | null;
  drawing?: Box | null;
  onHold?: (event: PointerEvent, at: number | null, grip: Grip) => void;
}

export function Overlay({ boxes, size, question, selected = null, drawing = null, onHold }: Drawn) {
  const { i18n } = useTranslation();
  const position = new Map(question.classes.map((one, i) => [one.id, i]));
  const all = drawing ? [...boxes, drawing] : boxes;
  return (
    <svg
      aria-hidden="true"
      className={classes.overlay}
      width={size.width}
      height={size.height}
      data-drawing={onHold ? true : undefined}
      onPointerDown={(event) => onHold?.(event, null, "se")}
    >
      {all.map((box, i) => {
        const [x, y] = [box.x * size.width, box.y * size.height];
        const [width, height] = [box.width * size.width, box.height * size.height];
        const at = position.get(box.label) ?? 0;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a box is known by its place in the list
          <g key={`${i}:${box.label}`} style={{ "--class": classColour(at) } as CSSProperties}>
            <rect
              className={classes.box}
              data-selected={i === selected || undefined}
              {...{ x, y, width, height }}
              onPointerDown={(event) => onHold?.(event, i, "all")}
            />
            <text className={classes.name} x={x + 3} y={y > 16 ? y - 5 : y + 14}>
              {say(question.classes[at]?.title, i18n.language)}
            </text>
            {i === selected &&
              GRIPS.map((grip) => (
                <rect
                  key={grip}
                  className={classes.grip}
                  x={x + (grip.includes("e") ? width : grip.includes("w") ? 0 : width / 2) - 5}
                  y={y + (grip.includes("s") ? height : grip.includes("n") ? 0 : height / 2) - 5}
                  width={10}
                  height={10}
                  style={{ cursor: `${grip}-resize` }}
                  onPointerDown={(event) => onHold?.(event, i, grip)}
                />
              ))}
          </g>
        );
      })}
    </svg>
  );
}
