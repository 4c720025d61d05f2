// From the points of a series to a drawing and a table.
import type { EChartsCoreOption } from "echarts/core";
import type { TFunction } from "i18next";
import { count, day, moment, money, percent } from "@/shared/format";
import { CLASS_COLOURS } from "@/shared/theme";
import type { Series } from "../reads";
import { cost, judgements } from "./cost";

export type One<Of extends Series["of"]> = Extract<Series, { of: Of }>;

export interface Drawn {
  readonly option: EChartsCoreOption;
  readonly head: string[];
  readonly rows: string[][];
  /** For each row, the filters that list the items which it is made of. */
  readonly items?: Where[];
  /** The row that a mark of the drawing stands for, by its series and its place there; else its place is its row's. */
  readonly row?: (series: number, at: number) => number | undefined;
}

/** Filters of the table of items, as in its address. */
export type Where = Record<string, string | number>;

export type T = TFunction<"steer">;
export type Made = Omit<Drawn, "option"> & { option: Record<string, unknown> };
const [BLUE, ORANGE, , , SKY] = CLASS_COLOURS as [string, string, string, string, string];
/** So many points of a line are shown as dots that can be clicked. */
const DOTS = 60;

export function drawn(series: Series, t: T, dark: boolean, currency: string): Drawn {
  const made = draw(series, t, currency);
  const ink = dark ? "#c9d1d9" : "#33404d";
  const line = dark ? "#3a434d" : "#d9dee3";
  const axis = ({ axisLabel, ...one }: Record<string, unknown> = {}) => ({
    axisLabel: {
      color: ink,
      hideOverlap: true,
      ...(one.type === "value" && { formatter: (value: number) => count(value, 2) }),
      ...(axisLabel as object),
    },
    axisLine: { lineStyle: { color: line } },
    splitLine: { lineStyle: { color: line } },
    nameTextStyle: { color: ink },
    nameLocation: "middle",
    nameGap: 28,
    ...one,
  });
  const option = {
    grid: { left: 56, right: 24, top: 32, bottom: 44 },
    textStyle: { color: ink, fontFamily: "system-ui, sans-serif" },
    tooltip: { trigger: "item", renderMode: "richText", confine: true },
    ...made.option,
    legend: {
      top: 0,
      right: 8,
      itemHeight: 10,
      itemWidth: 16,
      textStyle: { color: ink },
      ...(made.option.legend as object),
    },
    xAxis: axis(made.option.xAxis as Record<string, unknown>),
    yAxis: axis(made.option.yAxis as Record<string, unknown>),
  };
  return { ...made, option };
}

function draw(series: Series, t: T, currency: string): Made {
  switch (series.of) {
    case "progress":
      return progress(series, t);
    case "cost":
      return cost(series, t, currency);
    case "judgements":
      return judgements(series, t, currency);
    case "gold_accuracy":
      return gold(series, t);
    case "agreement":
      return agreement(series, t);
    case "confusion":
      return confusion(series, t);
    case "expert_time":
      return experts(series, t, currency);
    default:
      return queue(series, t);
  }
}

const alongside = { trigger: "axis", renderMode: "richText", confine: true };
const asPercent = { formatter: (value: number) => percent(value, 0) };

function progress({ points, forecast, total, by }: One<"progress">, t: T): Made {
  // A point tells of a stretch up to its end, which is not later than now.
  const size = by === "hour" ? 3_600_000 : 86_400_000;
  const ends = points.map((point) => [
    Math.min(new Date(point.at).getTime() + size, Date.now()),
    point.decided,
  ]);
  const until = (at: string) => new Date(new Date(at).getTime() + size).toISOString();
  const [first] = points;
  const done = first ? [[new Date(first.at).getTime(), first.decided - first.labels], ...ends] : [];
  const last = ends.at(-1);
  const ahead = last && forecast ? expected(forecast, last, total, t) : [];
  return {
    option: {
      tooltip: { ...alongside, valueFormatter: (value: number) => count(value) },
      xAxis: { type: "time" },
      yAxis: { type: "value", minInterval: 1 },
      series: [
        {
          name: t("plot.decided"),
          type: "line",
          data: done,
          showSymbol: points.length <= DOTS,
          symbolSize: 7,
          areaStyle: { opacity: 0.12 },
          color: BLUE,
        },
        ...ahead,
      ],
    },
    head: [t("plot.when"), t("plot.labels"), t("plot.decided")],
    rows: points.map((point) => [moment(point.at), count(point.labels), count(point.decided)]),
    items: points.map(({ at }) => ({ sort: "-decided", decided_from: at, decided_to: until(at) })),
    row: (series, at) => (series === 0 ? Math.max(at - 1, 0) : undefined),
  };
}

/** From now to when all is expected to be decided; the line across its end is the 95 % interval. */
function expected(
  { value, low, high }: NonNullable<One<"progress">["forecast"]>,
  last: (number | undefined)[],
  total: number,
  t: T,
): object[] {
  if (!value || new Date(value).getTime() <= Date.now()) return [];
  const at = (moment: string) => [new Date(moment).getTime(), total];
  const line = { type: "line", showSymbol: false, color: ORANGE };
  const ends = low && high ? [at(low), at(high)] : [];
  return [
    { ...line, name: t("plot.forecast"), data: [last, at(value)], lineStyle: { type: "dashed" } },
    { ...line, name: t("plot.interval"), data: ends, lineStyle: { width: 6, opacity: 0.5 } },
  ];
}

function gold({ points }: One<"gold_accuracy">, t: T): Made {
  const at = (pick: (point: (typeof points)[number]) => number) => points.map((p) => [p.at, pick(p)]);
  return {
    option: {
      tooltip: { ...alongside, valueFormatter: (value: number) => percent(value, 1) },
      legend: { show: false },
      xAxis: { type: "time" },
      yAxis: { type: "value", min: 0, max: 1, axisLabel: asPercent },
      series: [
        {
          name: t("plot.low"),
          type: "line",
          data: at((p) => p.low),
          lineStyle: { type: "dotted" },
          color: SKY,
        },
        {
          name: t("plot.accuracy"),
          type: "line",
          data: at((p) => p.value),
          color: BLUE,
          showSymbol: points.length <= DOTS,
          symbolSize: 7,
        },
        {
          name: t("plot.high"),
          type: "line",
          data: at((p) => p.high),
          lineStyle: { type: "dotted" },
          color: SKY,
        },
      ],
    },
    head: [t("plot.when"), t("plot.accuracy"), t("plot.interval"), t("plot.answers")],
    rows: points.map((p) => [day(p.at), percent(p.value, 1), range(p.low, p.high), count(p.answers)]),
    items: points.map(() => ({ kind: "gold" })),
  };
}

const range = (low: number, high: number) => `${percent(low, 1)} – ${percent(high, 1)}`;

function agreement({ points }: One<"agreement">, t: T): Made {
  const several = new Set(points.map((p) => p.step)).size > 1;
  const shown = points.slice(0, 40);
  const names = shown.map((p) => (several ? `${p.step}: ${p.label}` : p.label));
  return {
    option: {
      legend: { show: false },
      grid: { left: 128, right: 24, top: 8, bottom: 32 },
      xAxis: { type: "value", min: 0, max: 1, axisLabel: asPercent },
      yAxis: {
        type: "category",
        data: names,
        inverse: true,
        axisLabel: { width: 116, overflow: "break", lineHeight: 14 },
      },
      series: [
        { type: "bar", stack: "range", silent: true, color: "transparent", data: shown.map((p) => p.low) },
        { type: "bar", stack: "range", color: SKY, barMaxWidth: 10, data: shown.map((p) => p.high - p.low) },
        {
          type: "scatter",
          color: BLUE,
          symbolSize: 9,
          data: shown.map((p, at) => [p.value, at]),
          tooltip: {
            formatter: ({ dataIndex }: { dataIndex: number }) => {
              const p = shown[dataIndex];
              return p
                ? `${names[dataIndex]}: ${percent(p.value)} (${range(p.low, p.high)}), ${p.right}/${p.answers}`
                : "";
            },
          },
        },
      ],
    },
    head: [t("plot.class"), t("plot.agree"), t("plot.interval"), t("plot.answers")],
    rows: points.map((p, at) => [
      names[at] ?? p.label,
      percent(p.value, 1),
      range(p.low, p.high),
      `${count(p.right)} / ${count(p.answers)}`,
    ]),
    items: points.map((p) => ({ step: p.step, value: p.label })),
  };
}

function confusion({ points }: One<"confusion">, t: T): Made {
  const step = points[0]?.step;
  const mine = points.filter((p) => p.step === step);
  const labels = [...new Set(mine.flatMap((p) => [String(p.truth), String(p.said)]))].sort();
  const totals = new Map<string, number>();
  for (const p of mine) totals.set(String(p.truth), (totals.get(String(p.truth)) ?? 0) + p.answers);
  const cell = (p: (typeof mine)[number]) => [
    labels.indexOf(String(p.said)),
    labels.indexOf(String(p.truth)),
    p.answers / (totals.get(String(p.truth)) ?? 1),
  ];
  return {
    option: {
      legend: { show: false },
      grid: { left: 104, right: 16, top: 8, bottom: 52 },
      xAxis: {
        type: "category",
        data: labels,
        name: t("plot.said"),
        axisLabel: { width: 72, overflow: "break", lineHeight: 13 },
        nameGap: 36,
      },
      yAxis: { type: "category", data: labels, name: t("plot.truth"), nameGap: 84, inverse: true },
      visualMap: { show: false, min: 0, max: 1, inRange: { color: ["#eef3f7", SKY, BLUE] } },
      series: [
        {
          type: "heatmap",
          data: mine.map(cell),
          tooltip: {
            formatter: ({ data }: { data: number[] }) =>
              t("plot.confused", {
                truth: labels[data[1] ?? 0],
                said: labels[data[0] ?? 0],
                share: percent(data[2] ?? 0),
              }),
          },
        },
      ],
    },
    head: [t("plot.truth"), t("plot.said"), t("plot.answers")],
    rows: points.map((p) => [String(p.truth), String(p.said), count(p.answers)]),
    items: points.map((p) => ({ step: p.step, value: String(p.truth), said: String(p.said) })),
  };
}

function queue({ points }: One<"queue_age">, t: T): Made {
  const bands = [...new Set(points.map((p) => p.band))];
  const kinds = [...new Set(points.map((p) => p.kind))];
  return {
    option: {
      legend: { left: 0 },
      grid: { left: 56, right: 24, top: 24 + 24 * Math.ceil(kinds.length / 2), bottom: 44 },
      xAxis: { type: "category", data: bands.map((band) => waited(band, t)) },
      yAxis: { type: "value", minInterval: 1, name: t("plot.cases"), nameGap: 40 },
      series: kinds.map((kind, at) => ({
        name: named(kind, t),
        type: "bar",
        stack: "all",
        barMaxWidth: 48,
        color: CLASS_COLOURS[at % CLASS_COLOURS.length],
        data: bands.map((band) => points.find((p) => p.band === band && p.kind === kind)?.cases ?? 0),
      })),
    },
    head: [t("plot.kind"), t("plot.waited"), t("plot.cases")],
    rows: points.map((p) => [named(p.kind, t), waited(p.band, t), count(p.cases)]),
    items: points.map((p) => ({ case: p.kind })),
    row: (series, at) => points.findIndex((p) => p.kind === kinds[series] && p.band === bands[at]),
  };
}

const named = (kind: string, t: T) => t(`case.${kind}`, kind);
const waited = (band: string, t: T) => t(`band.${band}`, band);

function experts({ points }: One<"expert_time">, t: T, currency: string): Made {
  const names = points.map((p) => named(p.kind, t));
  const minutes = points.map((p) => p.seconds / 60);
  return {
    option: {
      legend: { show: false },
      grid: { left: 120, right: 24, top: 8, bottom: 44 },
      xAxis: { type: "value", name: t("plot.minutes") },
      yAxis: {
        type: "category",
        data: names,
        inverse: true,
        axisLabel: { width: 108, overflow: "break", lineHeight: 14 },
      },
      series: [
        {
          type: "bar",
          color: BLUE,
          barMaxWidth: 24,
          data: minutes,
          tooltip: {
            formatter: ({ dataIndex: at }: { dataIndex: number }) =>
              t("plot.spent", {
                kind: names[at],
                minutes: count(minutes[at] ?? 0, 1),
                count: points[at]?.decisions ?? 0,
              }),
          },
        },
      ],
    },
    head: [t("plot.kind"), t("plot.minutes"), t("plot.decisions"), t("plot.cost.short")],
    rows: points.map((p, at) => [
      names[at] ?? p.kind,
      count(minutes[at] ?? 0, 1),
      count(p.decisions),
      money(p.cost, currency),
    ]),
    items: points.map(() => ({ kind: "expert" })),
  };
}
