// /work/earnings: one's own statement. What was earned, is held (and why), was paid, month by month, and as a file.
import { Anchor, Text, Title } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask, type Shapes } from "@/api/client";
import { count, day, exact, moment, month } from "@/shared/format";
import { Empty, Failed, Loading } from "@/shared/states";
import { Back } from "./back";
import classes from "./earnings.module.css";

type Earnings = Shapes["Earnings"];
type Month = Shapes["MonthOfEarnings"];

const earnings = queryOptions({ queryKey: ["earnings"], queryFn: () => ask(api.GET("/api/v1/earnings")) });
const SUMS = ["payable", "held", "paid", "earned", "bonus", "reversed"] as const;
const COLUMNS = ["earned", "bonus", "held", "released", "reversed", "paid", "payable", "still_held"] as const;

export function Earnings() {
  const { t } = useTranslation("annotate");
  const { data, error, refetch } = useQuery(earnings);
  if (error) return <Failed error={error} again={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <article className={classes.page}>
      <Back />
      <Title order={1}>{t("earnings.title")}</Title>
      <Text c="dimmed">{t("earnings.says")}</Text>
      {data.length === 0 ? (
        <Empty title={t("earnings.none")}>{t("earnings.noneText")}</Empty>
      ) : (
        <>
          <Anchor href="/api/v1/earnings/statement" download>
            {t("earnings.file")}
          </Anchor>
          {data.map((one) => (
            <InProject key={one.project} one={one} />
          ))}
        </>
      )}
    </article>
  );
}

function InProject({ one }: { one: Earnings }) {
  const { t } = useTranslation("annotate");
  const [shown, setShown] = useState(one.months[0]?.month ?? "");
  const lines = one.lines.filter((line) => line.at.slice(0, 7) === shown.slice(0, 7));
  return (
    <section aria-label={one.project} className={classes.project}>
      <Title order={2}>{one.project}</Title>
      <dl className={classes.sums}>
        {SUMS.filter((name, at) => at < 3 || Number(one[name]) !== 0).map((name) => (
          <div key={name}>
            <dt>{t(`earnings.sum.${name}`)}</dt>
            <dd>{exact(one[name], one.currency)}</dd>
          </div>
        ))}
      </dl>
      {Number(one.payable) < 0 && <Text>{t("earnings.debt")}</Text>}
      <section className={classes.scroll} tabIndex={0} aria-label={t("earnings.months", one)}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t("earnings.month")}</th>
              <th scope="col">{t("earnings.answers")}</th>
              {COLUMNS.map((name) => (
                <th key={name} scope="col">
                  {t(`earnings.column.${name}`)}
                </th>
              ))}
              <th scope="col">{t("earnings.csv")}</th>
            </tr>
          </thead>
          <tbody>
            {one.months.map((row) => (
              <Row key={row.month} row={row} currency={one.currency} shown={shown} onShow={setShown} />
            ))}
          </tbody>
        </table>
      </section>
      <Title order={3}>{t("earnings.lines", { month: month(shown) })}</Title>
      <ul className={classes.lines}>
        {lines.map((line) => (
          <li key={`${line.at} ${line.kind} ${line.step} ${line.reason}`}>
            <time dateTime={line.at}>
              {line.kind === "earned" ? day(`${line.at.slice(0, 10)}T12:00:00`) : moment(line.at)}
            </time>
            <span>
              {t(`earnings.kind.${line.kind}`)}
              {line.step && ` · ${line.step}`}
              {line.answers > 0 && ` · ${t("earnings.count", { count: line.answers })}`}
              {line.reason && <q dir="auto">{line.reason}</q>}
            </span>
            <span className={classes.amount}>
              <b>{exact(line.amount, one.currency)}</b>
              {Number(line.held) !== 0 && (
                <small>{t("earnings.ofHeld", { amount: exact(line.held, one.currency) })}</small>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface Shown {
  row: Month;
  currency: string;
  shown: string;
  onShow: (month: string) => void;
}

function Row({ row, currency, shown, onShow }: Shown) {
  const { t } = useTranslation("annotate");
  const name = month(row.month);
  return (
    <tr>
      <th scope="row">
        <button type="button" aria-pressed={row.month === shown} onClick={() => onShow(row.month)}>
          {name}
        </button>
      </th>
      <td>{count(row.answers)}</td>
      {COLUMNS.map((column) => (
        <td key={column}>{Number(row[column]) === 0 ? "–" : exact(row[column], currency)}</td>
      ))}
      <td>
        <Anchor
          href={`/api/v1/earnings/statement?month=${row.month.slice(0, 7)}`}
          download
          aria-label={t("earnings.fileOf", { month: name })}
        >
          CSV
        </Anchor>
      </td>
    </tr>
  );
}
