// One plot: its title, the drawing, and the same numbers as a table.
import { Text, Title, useComputedColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { projects } from "@/api/queries";
import { Failed } from "@/shared/states";
import { type SeriesOf, seriesOf } from "../reads";
import { Made } from "../sentence";
import classes from "../steer.module.css";
import { ENOUGH } from "./cost";
import { drawn } from "./drawn";

const Canvas = lazy(() => import("./canvas"));

export function Plot({ project, of }: { project: string; of: SeriesOf }) {
  const { t, i18n } = useTranslation("steer");
  const navigate = useNavigate();
  const dark = useComputedColorScheme("light") === "dark";
  const currency = useQuery(projects).data?.find((one) => one.name === project)?.currency ?? "USD";
  const days = useQuery(seriesOf(project, of));
  // A project that is a day or two old is told of by the hour.
  const young = of === "progress" && days.data !== undefined && days.data.points.length < 3;
  const hours = useQuery({ ...seriesOf(project, of, "hour"), enabled: young });
  const { data, error, refetch } = young ? hours : days;
  // biome-ignore lint/correctness/useExhaustiveDependencies: numbers are written in the reader's language
  const plot = useMemo(
    () => (data ? drawn(data, t, dark, currency) : null),
    [data, t, dark, currency, i18n.language],
  );
  const open = (row: number | undefined) => {
    const where = row === undefined ? undefined : plot?.items?.[row];
    if (where) void navigate({ to: "/projects/$project/items", params: { project }, search: where as never });
  };
  return (
    <section className={classes.plot} aria-labelledby={`plot-${of}`}>
      <Title order={3} id={`plot-${of}`}>
        {t(`plot.${of}.title`)}
      </Title>
      <Text size="xs" c="dimmed">
        {t(`plot.${of}.says`, { enough: ENOUGH })}
      </Text>
      <div className={classes.canvas}>
        {error ? (
          <Failed error={error} again={() => void refetch()} />
        ) : plot && plot.rows.length === 0 ? (
          <Text c="dimmed" className={classes.nothing}>
            {t(`plot.${of}.empty`)}
          </Text>
        ) : (
          plot && (
            <Suspense>
              <Canvas
                option={plot.option}
                label={`${t(`plot.${of}.title`)}. ${t(`plot.${of}.says`, { enough: ENOUGH })}`}
                onPick={(series, at) => open(plot.row ? plot.row(series, at) : at)}
              />
            </Suspense>
          )
        )}
      </div>
      {plot && plot.rows.length > 0 && (
        <details className={classes.asTable}>
          <summary>{t("plot.table")}</summary>
          <div className={classes.scroll}>
            <table>
              <thead>
                <tr>
                  {plot.head.map((one) => (
                    <th key={one} scope="col">
                      {one}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {plot.rows.map((row, number) => (
                  <tr key={row.join("\u0000")}>
                    {row.map((cell, at) => (
                      <td key={plot.head[at]}>
                        {at === 0 ? (
                          <Made project={project} of={{ list: "items", where: plot.items?.[number] ?? {} }}>
                            {cell}
                          </Made>
                        ) : (
                          cell
                        )}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </section>
  );
}
