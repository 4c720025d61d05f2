// Where a plot is drawn. Only the parts of ECharts that the plots use are loaded, and only with a plot.
import { BarChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import i18next from "i18next";
import { useEffect, useEffectEvent, useRef } from "react";
import classes from "../steer.module.css";

type LocaleOption = Exclude<NonNullable<NonNullable<Parameters<typeof init>[2]>["locale"]>, string>;

use([
  BarChart,
  CanvasRenderer,
  GridComponent,
  HeatmapChart,
  LegendComponent,
  LineChart,
  ScatterChart,
  TooltipComponent,
  VisualMapComponent,
]);

/** What the days and months along an axis of time are called in the reader's language. */
function calendar(): LocaleOption {
  const named = (options: Intl.DateTimeFormatOptions, at: (n: number) => Date, size: number) =>
    Array.from({ length: size }, (_, n) => new Intl.DateTimeFormat(i18next.language, options).format(at(n)));
  const month = (n: number) => new Date(2026, n, 1);
  const weekday = (n: number) => new Date(2026, 1, 1 + n); // a Sunday
  return {
    time: {
      month: named({ month: "long" }, month, 12),
      monthAbbr: named({ month: "short" }, month, 12),
      dayOfWeek: named({ weekday: "long" }, weekday, 7),
      dayOfWeekAbbr: named({ weekday: "short" }, weekday, 7),
    },
  } as LocaleOption;
}

interface Drawing {
  option: EChartsCoreOption;
  label: string;
  /** A mark was clicked: its series, and its place there. By keyboard the table has the same links. */
  onPick?: (series: number, at: number) => void;
}

export default function Canvas({ option, label, onPick }: Drawing) {
  const place = useRef<HTMLDivElement>(null);
  const pick = useEffectEvent((series: number, at: number) => onPick?.(series, at));
  useEffect(() => {
    if (!place.current) return;
    const chart = init(place.current, null, { renderer: "canvas", locale: calendar() });
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    chart.setOption({ ...option, animation: !still, animationDuration: 120 });
    chart.on("click", { componentType: "series" }, ({ seriesIndex, dataIndex }) => {
      if (seriesIndex !== undefined) pick(seriesIndex, dataIndex);
    });
    const watch = new ResizeObserver(() => chart.resize());
    watch.observe(place.current);
    return () => {
      watch.disconnect();
      chart.dispose();
    };
  }, [option]);
  return <div ref={place} className={classes.fill} role="img" aria-label={label} />;
}
