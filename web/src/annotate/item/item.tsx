// An item, whatever it is: text, conversation, table, fields, media. All that comes from it is shown as text.
import { Button } from "@mantine/core";
import { lazy, type ReactNode, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useKeys } from "@/shared/keys";
import type { Item } from "../task";
import classes from "./item.module.css";
import { type Medium, mediaOf } from "./media";
import { direction, type Fields, type Message, type Shape, shapeOf } from "./shape";
import { Zoom } from "./zoom";

const Prose = lazy(() => import("./prose"));

/** A part of the item that is shown by somebody else: the text or the medium that is marked. */
export type Instead = { part: { field: string } | { medium: number }; node: ReactNode };

export function ItemView({ item, instead }: { item: Item; instead?: Instead }) {
  const shape = shapeOf(item.body);
  const media = mediaOf(item);
  const field = instead && "field" in instead.part ? instead.part.field : null;
  const medium = instead && "medium" in instead.part ? instead.part.medium : null;
  return (
    <div className={classes.item} lang={item.language ?? undefined} dir={direction(item.language)}>
      {media.map((one, i) =>
        i === medium ? (
          <div key={`${one.src}`} className={classes.medium}>
            {instead?.node}
          </div>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: media never change their order
          <MediumView key={`${one.src}${i}`} medium={one} number={i + 1} />
        ),
      )}
      {field === null ? <Body shape={shape} /> : <div className={classes.text}>{instead?.node}</div>}
      <FieldsView
        fields={(field === null ? shape.rest : besides(item.body, field)).filter(
          ([name]) => media.length === 0 || !SIZES.has(name),
        )}
      />
    </div>
  );
}

/** What boxes are reckoned by tells the one who looks at the image nothing. */
const SIZES = new Set(["width", "height"]);

function besides(body: unknown, field: string): Fields {
  if (typeof body !== "object" || body === null) return [];
  return Object.entries(body).filter(([name]) => name !== field);
}

function Body({ shape }: { shape: Shape }) {
  if (shape.text?.markdown)
    return (
      <div className={classes.text}>
        <Suspense fallback={shape.text.text}>
          <Prose text={shape.text.text} />
        </Suspense>
      </div>
    );
  return (
    <>
      {shape.text && <div className={classes.text}>{shape.text.text}</div>}
      {shape.chat && <Chat messages={shape.chat.messages} />}
      {shape.table && <TableView columns={shape.table.columns} rows={shape.table.rows} />}
    </>
  );
}

function Chat({ messages }: { messages: readonly Message[] }) {
  return (
    <ol className={classes.chat}>
      {messages.map((one, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages never change their order
        <li key={i} className={classes.message} data-own={one.own || undefined}>
          <span className={classes.who}>{one.who}</span>
          {one.assistant ? (
            <Suspense fallback={one.text}>
              <Prose text={one.text} />
            </Suspense>
          ) : (
            <div className={classes.said} dir="auto">
              {one.text}
            </div>
          )}
        </li>
      ))}
    </ol>
  );
}

function TableView({
  columns,
  rows,
}: {
  columns: readonly string[];
  rows: readonly Record<string, unknown>[];
}) {
  const { t } = useTranslation("annotate");
  return (
    <section className={classes.wide} tabIndex={0} aria-label={t("item.table")}>
      <table className={classes.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows never change their order
            <tr key={i}>
              {columns.map((column) => (
                <td key={column} data-number={typeof row[column] === "number" || undefined}>
                  <Value value={row[column]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function FieldsView({ fields, depth = 0 }: { fields: Fields; depth?: number }) {
  if (fields.length === 0) return null;
  return (
    <dl className={classes.fields} data-within={depth > 0 || undefined}>
      {fields.map(([name, value]) => (
        <div key={name} className={classes.field}>
          {name && <dt>{name}</dt>}
          <dd>
            <Value value={value} depth={depth} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

const DEEPEST = 3;

function Value({ value, depth = 0 }: { value: unknown; depth?: number }) {
  if (value === null || value === undefined) return <span className={classes.quiet}>–</span>;
  if (typeof value !== "object") return <span dir="auto">{String(value)}</span>;
  if (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((one) => one !== null && typeof one !== "object")
  )
    return <span dir="auto">{value.map(String).join(", ")}</span>;
  const fields = Array.isArray(value) ? [] : Object.entries(value);
  if (fields.length > 0 && depth < DEEPEST) return <FieldsView fields={fields} depth={depth + 1} />;
  return <pre className={classes.json}>{JSON.stringify(value, null, 2)}</pre>;
}

function MediumView({ medium, number }: { medium: Medium; number: number }) {
  const { t } = useTranslation("annotate");
  const [failed, setFailed] = useState(false);
  const name = medium.name || t(`item.${medium.type}`, { number });
  if (!medium.src) return <p className={classes.trouble}>{t("item.elsewhere", { name })}</p>;
  if (failed)
    return (
      <div className={classes.trouble}>
        <p role="alert">{t("item.failed", { name })}</p>
        <Button variant="default" onClick={() => setFailed(false)}>
          {t("item.again")}
        </Button>
      </div>
    );
  const playing = {
    controls: true,
    src: medium.src,
    "aria-label": name,
    onError: () => setFailed(true),
  };
  if (medium.type === "image")
    return (
      <div className={classes.medium}>
        <Zoom src={medium.src} alt={name} />
      </div>
    );
  if (medium.type === "audio" || medium.type === "video") return <Player type={medium.type} {...playing} />;
  return (
    <a className={classes.file} href={medium.src} download={medium.name}>
      {t("item.open", { name })}
    </a>
  );
}

interface Playing {
  type: "audio" | "video";
  controls: boolean;
  src: string;
  "aria-label": string;
  onError: () => void;
}

const STEP = 2;

function Player({ type, ...playing }: Playing) {
  const { t } = useTranslation("annotate");
  const place = useRef<HTMLMediaElement>(null);
  const by = (seconds: number) => {
    if (place.current) place.current.currentTime += seconds;
  };
  const toggle = () => {
    const medium = place.current;
    if (medium?.paused) medium.play().catch(() => undefined);
    else medium?.pause();
  };
  useKeys([
    { press: "Space", does: t("item.play"), run: toggle },
    { press: "alt+ArrowLeft", does: t("item.back"), run: () => by(-STEP) },
    { press: "alt+ArrowRight", does: t("item.forth"), run: () => by(STEP) },
  ]);
  if (type === "audio")
    return <audio ref={place as never} className={classes.audio} preload="auto" {...playing} />;
  return <video ref={place as never} className={classes.video} preload="metadata" playsInline {...playing} />;
}
