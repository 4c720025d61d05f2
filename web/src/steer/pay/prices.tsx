// How prices came to be what they are: each change with who made it, when and why.

import { Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Wording } from "@/problems/wording";
import { exact, moment } from "@/shared/format";
import { Failed, Loading } from "@/shared/states";
import steer from "../steer.module.css";
import { pricesOf } from "./reads";

const FEW = 20;

export function Prices({ project, currency }: { project: string; currency: string }) {
  const { t } = useTranslation("steer");
  const { data, error, refetch } = useQuery(pricesOf(project));
  const amount = (value: string | null) => (value === null ? "–" : exact(value, currency));
  return (
    <section aria-labelledby="prices">
      <Title order={2} id="prices" mb="xs">
        {t("pay.prices")}
      </Title>
      {error ? (
        <Failed error={error} again={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : data.length === 0 ? (
        <Text c="dimmed">{t("pay.noPrices")}</Text>
      ) : (
        <ul className={steer.needs}>
          {data.slice(0, FEW).map((one) => (
            <li key={`${one.at} ${one.step} ${one.what} ${one.tier}`} className={steer.need}>
              <span>
                <b>
                  {one.step} · {t(`pay.paidFor.${one.what}`)}
                  {one.tier && ` (${one.tier})`}
                </b>{" "}
                {amount(one.before)} → {amount(one.after)}{" "}
                {one.said ? <Wording said={one.said} english={one.why} /> : <q dir="auto">{one.why}</q>}
              </span>
              <span className={steer.quiet}>
                {one.by_rule
                  ? t("pay.byRule")
                  : t("pay.byPolicy", { who: one.who ?? t("pay.nobodyNamed"), version: one.version })}{" "}
                · {moment(one.at)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
