// An image that fits its place, can be enlarged around the pointer, and is panned by scrolling it.
import { ActionIcon } from "@mantine/core";
import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Key, useKeys } from "@/shared/keys";
import classes from "./item.module.css";

export interface Size {
  readonly width: number;
  readonly height: number;
}

interface Zooming {
  src: string;
  alt: string;
  /** Drawn over the image, in its pixels on the screen. */
  children?: (size: Size) => ReactNode;
  /** The place that scrolls. */
  view?: RefObject<HTMLDivElement | null>;
}

const MOST = 16;
/** What the two buttons want at the side of the image (px). */
const BESIDE = 72;
const beside = (room: Size, size: Size) => (room.width - size.width) / 2 - BESIDE;

export function Zoom({ src, alt, children, view }: Zooming) {
  const { t } = useTranslation("annotate");
  const own = useRef<HTMLDivElement>(null);
  const place = view ?? own;
  const [loaded, setLoaded] = useState<(Size & { of: string }) | null>(null);
  const natural = loaded?.of === src ? loaded : null;
  const [room, setRoom] = useState<Size>({ width: 0, height: 0 });
  const [scale, setScale] = useState(1);
  const [failed, setFailed] = useState(false);
  const keep = useRef<{ x: number; y: number; left: number; top: number } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another image begins as it fits
  useEffect(() => {
    setScale(1);
    setFailed(false);
  }, [src]);
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const measure = () => setRoom({ width: element.clientWidth, height: element.clientHeight });
    const watch = new ResizeObserver(measure);
    measure();
    watch.observe(element);
    return () => watch.disconnect();
  }, [place]);
  const fit = natural ? Math.min(room.width / natural.width, room.height / natural.height, 12) : 0;
  const size = natural && {
    width: Math.floor(natural.width * fit * scale),
    height: Math.floor(natural.height * fit * scale),
  };
  const by = (factor: number, at?: { x: number; y: number }) => {
    const element = place.current;
    if (!element || !size) return;
    const x = at?.x ?? element.clientWidth / 2;
    const y = at?.y ?? element.clientHeight / 2;
    keep.current = {
      x: (element.scrollLeft + x) / size.width,
      y: (element.scrollTop + y) / size.height,
      left: x,
      top: y,
    };
    setScale((now) => Math.min(Math.max(now * factor, 1), MOST));
  };
  // What is under the pointer stays under it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only after the scale has changed
  useLayoutEffect(() => {
    const [at, element] = [keep.current, place.current];
    if (!at || !element || !size) return;
    element.scrollLeft = at.x * size.width - at.left;
    element.scrollTop = at.y * size.height - at.top;
    keep.current = null;
  }, [scale]);
  const latest = useRef(by);
  latest.current = by;
  useEffect(() => {
    const element = place.current;
    const turn = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const frame = element?.getBoundingClientRect();
      const at = frame && { x: event.clientX - frame.left, y: event.clientY - frame.top };
      latest.current(Math.exp(-event.deltaY / 300), at);
    };
    element?.addEventListener("wheel", turn, { passive: false });
    return () => element?.removeEventListener("wheel", turn);
  }, [place]);
  const keys: Key[] = [
    { press: "+", does: t("image.in"), run: () => by(1.5) },
    { press: "shift++", does: t("image.in"), run: () => by(1.5), listed: false },
    { press: "=", does: t("image.in"), run: () => by(1.5), listed: false },
    { press: "-", does: t("image.out"), run: () => by(1 / 1.5) },
  ];
  useKeys(keys);
  return (
    <div className={classes.zoom}>
      <section ref={place} className={classes.view} tabIndex={0} aria-label={alt}>
        {failed && <p className={classes.trouble}>{t("image.failed")}</p>}
        <div
          className={classes.canvas}
          style={size ? { width: size.width, height: size.height } : { visibility: "hidden" }}
          hidden={failed}
        >
          <img
            src={src}
            alt={alt}
            draggable={false}
            className={classes.image}
            data-small={fit > 1.5 || undefined}
            onLoad={(event) =>
              setLoaded({
                of: src,
                width: event.currentTarget.naturalWidth,
                height: event.currentTarget.naturalHeight,
              })
            }
            onError={() => setFailed(true)}
          />
          {size && children?.(size)}
        </div>
      </section>
      {!failed && (
        <div
          className={classes.zoomButtons}
          // Beside the image where there is room, so that nothing of it is hidden.
          style={
            size && room.width - size.width > 2 * BESIDE ? { insetInlineEnd: beside(room, size) } : undefined
          }
        >
          <ActionIcon
            variant="default"
            onClick={() => by(1.5)}
            aria-label={t("image.in")}
            disabled={scale >= MOST}
          >
            +
          </ActionIcon>
          <ActionIcon
            variant="default"
            onClick={() => by(1 / 1.5)}
            aria-label={t("image.out")}
            disabled={scale <= 1}
          >
            −
          </ActionIcon>
        </div>
      )}
    </div>
  );
}
