// Expected cost against accuracy, with what is wanted and what the money reaches.
import type { EChartsCoreOption } from "echarts/core";
import type { TFunction } from "i18next";
import type { paths } from "@/api/schema";
import { money, percent } from "@/shared/format";
import { CLASS_COLOURS } from "@/shared/theme";

type Estimate = paths["/api/v1/estimates"]["post"]["responses"][200]["content"]["application/json"];

export function curve(
  points: readonly Estimate["points"][number][],
  target: number,
  budget: number,
  t: TFunction<"steer">,
  dark: boolean,
  currency: string,
): EChartsCoreOption {
  const ink = dark ? "#c9d1d9" : "#33404d";
  const line = dark ? "#3a434d" : "#d9dee3";
  const most = Math.max(budget, ...points.map((one) => one.cost));
  const least = Math.min(target, ...points.map((one) => one.low));
  const axis = {
    axisLabel: { color: ink, hideOverlap: true },
    splitLine: { lineStyle: { color: line } },
    nameTextStyle: { color: ink },
  };
  const flat = (name: string, data: number[][], color: string | undefined) => ({
    name,
    type: "line",
    data,
    showSymbol: false,
    lineStyle: { type: "dashed", width: 1.5 },
    color,
    silent: true,
  });
  return {
    grid: { left: 56, right: 24, top: 28, bottom: 44 },
    textStyle: { color: ink, fontFamily: "system-ui, sans-serif" },
    tooltip: {
      renderMode: "richText",
      confine: true,
      formatter: ({ data }: { data: number[] }) =>
        `${money(data[0] ?? 0, currency)} · ${percent(data[1] ?? 0, 1)}`,
    },
    xAxis: {
      type: "value",
      max: Math.ceil(most * 1.05),
      name: t("plot.total"),
      nameLocation: "middle",
      nameGap: 28,
      ...axis,
      axisLabel: { ...axis.axisLabel, formatter: (value: number) => money(value, currency) },
    },
    yAxis: {
      ...axis,
      type: "value",
      min: Math.floor(least * 50) / 50,
      max: 1,
      axisLabel: { color: ink, formatter: (value: number) => percent(value, 0) },
      name: t("plot.accuracy"),
    },
    series: [
      ...band(points),
      {
        name: t("plot.accuracy"),
        type: "line",
        data: points.map((one) => [one.cost, one.accuracy]),
        color: CLASS_COLOURS[0],
        symbolSize: 7,
      },
      flat(
        t("plot.target"),
        [
          [0, target],
          [most * 1.05, target],
        ],
        CLASS_COLOURS[1],
      ),
      flat(
        t("plot.budget"),
        [
          [budget, Math.floor(least * 50) / 50],
          [budget, 1],
        ],
        CLASS_COLOURS[2],
      ),
    ],
  };
}

/** The interval of each point, as a band: an unseen line at its foot, and its height stacked upon it. */
function band(points: readonly Estimate["points"][number][]) {
  const layer = (data: number[][], opacity: number) => ({
    type: "line",
    stack: "interval",
    stackStrategy: "all",
    silent: true,
    showSymbol: false,
    lineStyle: { opacity: 0 },
    areaStyle: { opacity, color: CLASS_COLOURS[0] },
    data,
  });
  return [
    layer(
      points.map((one) => [one.cost, one.low]),
      0,
    ),
    layer(
      points.map((one) => [one.cost, one.high - one.low]),
      0.14,
    ),
  ];
}
