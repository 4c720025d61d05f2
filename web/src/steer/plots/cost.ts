// Labels by how many judgements they rest on: how many there are, and what is paid for being right.
import { count, money, percent } from "@/shared/format";
import { CLASS_COLOURS } from "@/shared/theme";
import type { Made, One, T } from "./drawn";

type Each = One<"judgements" | "cost">;
const [BLUE, , , , SKY] = CLASS_COLOURS as [string, string, string, string, string];
/** From so many audits on, what they found is shown instead of what is expected. */
export const ENOUGH = 10;

const percents = (low: number, high: number) => `${percent(low, 1)} – ${percent(high, 1)}`;

function table({ points }: Each, t: T, currency: string): Pick<Made, "head" | "rows" | "items"> {
  return {
    items: points.map((p) => ({ sort: "-decided", judgements: p.judgements })),
    head: [
      t("plot.each"),
      t("plot.items"),
      t("plot.price", { currency }),
      t("plot.expected"),
      t("plot.audited"),
      t("plot.audits"),
    ],
    rows: points.map((p) => [
      count(p.judgements),
      count(p.items),
      money(p.cost, currency),
      percent(p.confidence, 1),
      p.audited ? `${percent(p.audited.value, 1)} (${percents(p.audited.low, p.audited.high)})` : "–",
      p.audited ? count(p.audited.audits) : "–",
    ]),
  };
}

/** Measured by blind audits where there are enough, with the interval; else what is expected, which is drawn hollow. */
export function cost(series: Each, t: T, currency: string): Made {
  const { points } = series;
  const most = Math.max(...points.map((point) => point.items), 1);
  const measured = (p: (typeof points)[number]) => (p.audited?.audits ?? 0) >= ENOUGH;
  const [seen, expected] = [true, false].map((wanted) =>
    points.map((p, row) => ({ p, row })).filter(({ p }) => measured(p) === wanted),
  ) as [Dot[], Dot[]];
  const told = ({ p }: Dot) => {
    const words = { judgements: count(p.judgements), items: count(p.items), cost: money(p.cost, currency) };
    return measured(p) && p.audited
      ? t("plot.costMeasured", {
          ...words,
          right: percent(p.audited.value, 1),
          interval: percents(p.audited.low, p.audited.high),
          audits: count(p.audited.audits),
        })
      : t("plot.costPoint", { ...words, confidence: percent(p.confidence, 1) });
  };
  const dots = (name: string, of: Dot[], look: object, inside: string) => ({
    name,
    type: "scatter",
    z: 3,
    data: of.map(({ p }) => [p.cost, measured(p) ? (p.audited?.value ?? 0) : p.confidence]),
    symbolSize: (_: number[], { dataIndex: at }: { dataIndex: number }) =>
      12 + 24 * Math.sqrt((of[at]?.p.items ?? 0) / most),
    label: {
      show: true,
      color: inside,
      formatter: ({ dataIndex: at }: { dataIndex: number }) => count(of[at]?.p.judgements ?? 0),
    },
    tooltip: {
      formatter: ({ dataIndex: at }: { dataIndex: number }) => (of[at] ? told(of[at]) : ""),
    },
    ...look,
  });
  const lowest = Math.min(...points.map((p) => (measured(p) ? (p.audited?.low ?? 1) : p.confidence)));
  return {
    ...table(series, t, currency),
    row: (of, at) => (of === 0 ? seen[at]?.row : of === 1 ? expected[at]?.row : undefined),
    option: {
      xAxis: { type: "value", name: t("plot.price", { currency }), scale: true },
      yAxis: {
        type: "value",
        name: t("plot.accuracy"),
        nameGap: 40,
        min: Math.max(0, Math.floor(lowest * 100 - 0.5) / 100),
        max: 1,
        axisLabel: { formatter: (value: number) => percent(value, 1) },
      },
      series: [
        dots(t("plot.audited"), seen, { color: BLUE }, "#fff"),
        dots(
          t("plot.expected"),
          expected,
          { color: SKY, itemStyle: { color: "transparent", borderColor: BLUE, borderWidth: 2 } },
          BLUE,
        ),
        ...seen.map(({ p }) => ({
          type: "line",
          silent: true,
          symbol: "rect",
          symbolSize: [10, 2],
          color: SKY,
          data: [
            [p.cost, p.audited?.low],
            [p.cost, p.audited?.high],
          ],
        })),
      ],
    },
  };
}

interface Dot {
  readonly p: Each["points"][number];
  /** Its row in the table. */
  readonly row: number;
}

export function judgements(series: Each, t: T, currency: string): Made {
  return {
    ...table(series, t, currency),
    option: {
      xAxis: {
        type: "category",
        data: series.points.map((p) => count(p.judgements)),
        name: t("plot.each"),
      },
      legend: { show: false },
      yAxis: { type: "value", minInterval: 1, name: t("plot.items"), nameGap: 40 },
      series: [{ type: "bar", color: BLUE, barMaxWidth: 48, data: series.points.map((p) => p.items) }],
    },
  };
}
