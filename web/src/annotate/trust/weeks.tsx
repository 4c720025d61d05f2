// The weekly digests: what became better, what is confused most; and how one wants them.
import { NativeSelect, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ask, type Shapes } from "@/api/client";
import { queries } from "@/api/queries";
import { count, day, percent } from "@/shared/format";
import { guideOf } from "../guide";
import { say } from "../task";
import { weeks } from "./reads";
import classes from "./trust.module.css";

type Choice = Shapes["Weeks"]["choice"];
const CHOICES: readonly Choice[] = ["show", "notice", "off"];

export function Weeks() {
  const { t } = useTranslation("annotate");
  const { data } = useQuery(weeks);
  const choose = useMutation({
    mutationFn: (choice: Choice) => ask(api.PUT("/api/v1/work/digests", { body: { choice } })),
    onSettled: () => queries.invalidateQueries({ queryKey: weeks.queryKey }),
  });
  if (!data) return null;
  return (
    <section aria-labelledby="weeks">
      <Title order={2} id="weeks" mt="lg" mb="xs">
        {t("trust.weeks.title")}
      </Title>
      <ul className={classes.rows}>
        {data.digests.map((one) => (
          <Week key={`${one.project} ${one.since}`} week={one} />
        ))}
      </ul>
      <NativeSelect
        mt="sm"
        maw={360}
        label={t("trust.weeks.choice")}
        value={choose.variables && choose.isPending ? choose.variables : data.choice}
        data={CHOICES.map((value) => ({ value, label: t(`trust.weeks.${value}`) }))}
        onChange={(event) => choose.mutate(event.currentTarget.value as Choice)}
      />
    </section>
  );
}

/** What stands for the mark that was overlooked, or that is not there. */
const NOTHING = "—";

function Week({ week }: { week: Shapes["Week"] }) {
  const { t, i18n } = useTranslation("annotate");
  const { data: guide } = useQuery(guideOf(week.project));
  const rate = week.accuracy;
  const titled = (step: string, said: string) => {
    const known = guide?.steps.find((one) => one.step === step)?.question.classes ?? [];
    const title = (id: string) => say(known.find((one) => one.id === id)?.title, i18n.language) || id;
    return said.split(", ").map(title).join(", ");
  };
  const what = (one: { step: string; expected: string; said: string }) => {
    const [expected, said] = [titled(one.step, one.expected), titled(one.step, one.said)];
    if (one.said === NOTHING) return t("trust.weeks.overlooked", { expected });
    if (one.expected === NOTHING) return t("trust.weeks.added", { said });
    return t("trust.weeks.instead", { said, expected });
  };
  return (
    <li className={classes.week}>
      <b>{t("trust.weeks.week", { day: day(week.since), project: week.project })}</b>
      <div>
        {t("trust.weeks.accuracy", {
          value: percent(rate.value, 0),
          answers: count(rate.answers),
          low: percent(rate.low, 0),
          high: percent(rate.high, 0),
        })}
        {week.before && ` · ${t("trust.weeks.before", { value: percent(week.before.value, 0) })}`}
      </div>
      <ul>
        {week.improved.map((one) => (
          <li key={`${one.step} ${one.expected} ${one.said}`}>
            {t("trust.weeks.better", {
              what: what(one),
              before: percent(one.before, 0),
              now: percent(one.now, 0),
            })}
          </li>
        ))}
        {week.confusions.map((one) => (
          <li key={`${one.step} ${one.expected} ${one.said}`}>
            {t("trust.weeks.look", { what: what(one), count: one.count })}{" "}
            {one.clauses.map((clause) => `§${clause}`).join(" ")}
            <ul>
              {one.examples.map((example) => (
                <li key={example.item}>
                  <q dir="auto">{example.excerpt}</q> {example.why}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </li>
  );
}
