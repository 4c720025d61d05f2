// Every item with where its labels stand: filtered, searched, a million of them scrolled.
import { Text, Title } from "@mantine/core";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { mediaOf } from "@/annotate/item/media";
import { ago, count, percent } from "@/shared/format";
import { useKeys } from "@/shared/keys";
import { Empty, Failed, Loading } from "@/shared/states";
import type { Item } from "../reads";
import { FilterBar } from "./filters";
import classes from "./items.module.css";
import { type Filters, SIZE, useRows } from "./pages";

const ROW = 32;

export function Items() {
  const { t } = useTranslation("steer");
  const { project } = useParams({ from: "/inside/projects/$project" });
  const filters = useSearch({ strict: false }) as Filters;
  const navigate = useNavigate();
  const place = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const [at, setAt] = useState(0);
  const [range, setRange] = useState({ first: 0, last: 60 });
  const rows = useRows(project, filters, range.first, range.last);
  const virtual = useVirtualizer({
    count: rows.total,
    getScrollElement: () => place.current,
    estimateSize: () => ROW,
    overscan: 12,
    isScrollingResetDelay: 60,
    onChange: ({ range: seen, isScrolling }) => {
      // Who drags the bar across the list wants the rows where they let go, not all on the way.
      if (seen && isScrolling && Math.abs(seen.startIndex - range.first) > 2 * SIZE) return;
      if (seen && (seen.startIndex !== range.first || seen.endIndex !== range.last))
        setRange({ first: Math.max(0, seen.startIndex - 12), last: seen.endIndex + 12 });
    },
  });
  const open = (index: number) => {
    const item = rows.row(index);
    if (item) void navigate({ to: "/projects/$project/items/$item", params: { project, item: item.key } });
  };
  const go = (index: number) => {
    const next = Math.max(0, Math.min(index, rows.total - 1));
    setAt(next);
    virtual.scrollToIndex(next);
  };
  const steer = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20, Home: -rows.total, End: rows.total }[
      event.key
    ];
    if (event.key === "Enter" && event.target === place.current) open(at);
    if (step === undefined) return;
    event.preventDefault();
    go(at + step);
  };
  useKeys([
    { press: "/", does: t("items.search"), run: () => search.current?.focus() },
    { press: "j", does: t("items.down"), run: () => go(at + 1) },
    { press: "k", does: t("items.up"), run: () => go(at - 1) },
    { press: "o", does: t("items.open"), run: () => open(at) },
  ]);
  const change = (next: Filters) => {
    go(0);
    void navigate({
      to: "/projects/$project/items",
      params: { project },
      search: next as never,
      replace: true,
    });
  };
  return (
    <div className={classes.page}>
      <FilterBar filters={filters} onChange={change} project={project} search={search} />
      <Title order={1} className={classes.count} aria-live="polite">
        {rows.loading
          ? " "
          : t(`items.${rows.exact ? "count" : "about"}${filters.sort ? "Labels" : ""}`, {
              count: rows.total,
              shown: count(rows.total),
            })}
      </Title>
      {rows.error ? (
        <Failed error={rows.error} again={rows.again} />
      ) : rows.loading ? (
        <Loading />
      ) : rows.total === 0 ? (
        <Empty title={t("items.none")}>{t("items.noneText")}</Empty>
      ) : (
        <div
          ref={place}
          className={classes.scroll}
          role="table"
          aria-label={t("tabs.items")}
          aria-rowcount={rows.total + 1}
          tabIndex={0}
          onKeyDown={steer}
        >
          <div role="rowgroup" className={classes.head}>
            <div role="row" aria-rowindex={1} className={classes.row}>
              {(["key", "content", "state", "label", "sure", "decided"] as const).map((name) => (
                <span role="columnheader" key={name} data-column={name}>
                  {t(`items.column.${name}`)}
                </span>
              ))}
            </div>
          </div>
          <div role="rowgroup" className={classes.body} style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start }) => (
              <Row
                key={index}
                item={rows.row(index)}
                index={index}
                start={start}
                project={project}
                here={index === at}
                wanted={filters.state}
              />
            ))}
          </div>
        </div>
      )}
      {rows.total > 0 && (
        <Text size="xs" c="dimmed" className={classes.foot}>
          {t("items.keys")}
        </Text>
      )}
    </div>
  );
}

interface RowProps {
  item: Item | undefined;
  index: number;
  start: number;
  project: string;
  here: boolean;
  /** The state that is filtered for. */
  wanted: Filters["state"];
}

const URGENT = ["contested", "open", "waiting", "decided", "retired"] as const;

/** Of an item's steps the one to tell of: the one that was filtered for, else the one that most needs doing. */
function telling(item: Item | undefined, wanted: Filters["state"]) {
  const stands = Object.entries(item?.steps ?? {});
  const at = (state: string) => stands.find(([, one]) => one.state === state);
  const found = wanted ? at(wanted) : URGENT.map(at).find(Boolean);
  return found && { step: stands.length > 1 ? found[0] : null, state: found[1].state };
}

function Row({ item, index, start, project, here, wanted }: RowProps) {
  const { t } = useTranslation("steer");
  const stands = Object.entries(item?.steps ?? {});
  const labelled = stands.filter(([, one]) => one.value !== null && one.value !== undefined);
  const first = labelled[0]?.[1];
  const told = telling(item, wanted);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={classes.row}
      data-here={here || undefined}
      style={{ transform: `translateY(${start}px)` }}
    >
      {item ? (
        <>
          <span role="cell" data-column="key">
            <Link
              to="/projects/$project/items/$item"
              params={{ project, item: item.key }}
              className={classes.link}
            >
              {item.key}
            </Link>
          </span>
          <span role="cell" data-column="content" dir="auto">
            <Glance item={item} project={project} />
          </span>
          <span role="cell" data-column="state" data-state={told?.state}>
            {told && t(`state.${told.state}`)}
            {told?.step && told.state !== "decided" && ` · ${told.step}`}
            {item.findings > 0 && ` · ${t("items.findings", { count: item.findings })}`}
          </span>
          <span role="cell" data-column="label">
            {labelled.map(([, one]) => shown(one.value)).join(" · ")}
          </span>
          <span role="cell" data-column="sure">
            {first?.gold
              ? t("items.known")
              : first && first.confidence !== null
                ? t("items.sure", { share: percent(first.confidence), count: first.judgements ?? 0 })
                : ""}
          </span>
          <span role="cell" data-column="decided">
            {first?.decided_at && ago(first.decided_at)}
          </span>
        </>
      ) : (
        <span role="cell" className={classes.blank} aria-busy="true" aria-label={t("items.reading")} />
      )}
    </div>
  );
}

/** A label in a line. */
export function shown(value: unknown): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join(" + ") || "∅";
  if (Array.isArray(value)) return value.map((one) => (one as { label?: string }).label ?? "?").join(", ");
  return JSON.stringify(value);
}

/** The item in a line: its picture small, its text cut short. */
function Glance({ item, project }: { item: Item; project: string }) {
  const [picture] = mediaOf({ project, body: item.body, media: item.media }).filter(
    (one) => one.type === "image" && one.src,
  );
  const text = excerpt(item);
  return (
    <>
      {picture?.src && (
        <img src={picture.src} alt={picture.name} loading="lazy" className={classes.picture} />
      )}
      {text || (!picture && "–")}
    </>
  );
}

function excerpt(item: Item): string {
  const { body } = item;
  if (typeof body === "string") return body.slice(0, 200);
  const fields = Object.values((body ?? {}) as Record<string, unknown>);
  const text = fields.find((one) => typeof one === "string") as string | undefined;
  if (text) return text.slice(0, 200);
  return fields.length > 0 ? JSON.stringify(body).slice(0, 200) : "";
}
