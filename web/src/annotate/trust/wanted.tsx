// What one's projects want shown before there is work, with the way there.
import { Button, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { day } from "@/shared/format";
import { Loading } from "@/shared/states";
import { standing } from "./reads";
import classes from "./trust.module.css";

/** As a page of its own, or (`embedded`) as a part of another, which shows nothing where nothing is asked for. */
export function Wanted({ embedded = false }: { embedded?: boolean }) {
  const { t } = useTranslation("annotate");
  const { data } = useQuery({ ...standing, refetchOnMount: "always" });
  if (!data) return embedded ? null : <Loading />;
  const rows = data.flatMap((one) => one.terms.map((term) => ({ project: one.project, ...term })));
  if (rows.length === 0 && embedded) return null;
  const first = rows.findIndex((one) => one.state !== "met");
  return (
    <section className={embedded ? undefined : classes.page} aria-labelledby="wanted">
      <Stack gap={4} my="md">
        <Title order={2} id="wanted">
          {t(embedded ? "trust.title" : "trust.wanted.title")}
        </Title>
        {!embedded && <Text c="dimmed">{t("trust.wanted.why")}</Text>}
      </Stack>
      <ul className={classes.rows}>
        {rows.map((one, at) => (
          <li key={`${one.project} ${one.kind} ${one.name}`} className={classes.row}>
            <span>
              <b>{t(`trust.wanted.${one.kind}`, { name: one.name })}</b>{" "}
              <span className={classes.quiet}>
                {one.project} · {t(`trust.wanted.state.${one.state}`)}
                {one.state === "met" && one.until && ` ${t("trust.wanted.until", { day: day(one.until) })}`}
              </span>
            </span>
            <Button
              component={Link}
              to={`/work/${one.kind}/${encodeURIComponent(one.project)}/${encodeURIComponent(one.name)}`}
              variant={at === first ? "filled" : "default"}
              size="compact-md"
              aria-label={`${t("trust.wanted.do")}: ${t(`trust.wanted.${one.kind}`, { name: one.name })}`}
            >
              {t("trust.wanted.do")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
