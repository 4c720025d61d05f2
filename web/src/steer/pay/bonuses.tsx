// Give bonuses for how informative answers are. Nothing is given before it was seen to whom and how much.
import { Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { count, exact } from "@/shared/format";
import steer from "../steer.module.css";
import { BonusRuns } from "./bonus_runs";
import { type Bonus, bonusesIn, type Pay } from "./reads";
import { Stages, useStages } from "./stages";

export function Bonuses({ project, book }: { project: string; book: Pay }) {
  const { t } = useTranslation("steer");
  const stages = useStages(project, () =>
    ask(api.POST("/api/v1/projects/{project}/pay/bonuses", { params: { path: { project } } })),
  );
  const { shown, done: give } = stages;
  const due = useQuery({ ...bonusesIn(project), enabled: shown });
  const called = (bonus: Bonus) =>
    book.annotators.find((one) => one.annotator === bonus.annotator)?.name ?? bonus.annotator;
  const given = give.data?.filter((bonus) => bonus.given) ?? [];
  return (
    <section aria-labelledby="bonuses">
      <Title order={2} id="bonuses" mb="xs">
        {t("pay.bonuses")}
      </Title>
      <Text c="dimmed" mb="xs">
        {t("pay.bonusSays")}
      </Text>
      {shown && due.data && (
        <div>
          <Text>
            {due.data.length === 0 ? t("pay.noBonus") : t("pay.wouldGive", { count: due.data.length })}
          </Text>
          <ul>
            {due.data.map((one) => (
              <li key={`${one.annotator} ${one.step}`}>
                {called(one)} · {one.step}: {exact(one.amount, book.currency)}{" "}
                <span className={steer.quiet}>
                  {t("pay.scored", {
                    count: one.answers,
                    shown: count(one.answers),
                    score: count(one.score, 2),
                  })}
                </span>
              </li>
            ))}
          </ul>
          {due.data.length > 0 && <Text c="dimmed">{t("pay.bonusUndo")}</Text>}
        </div>
      )}
      {give.data && (
        <Text role="status">
          {t("pay.gave", {
            count: given.length,
            amount: exact(
              given.reduce((sum, one) => sum + Number(one.amount), 0),
              book.currency,
            ),
          })}
          {given.length < give.data.length &&
            ` ${t("pay.notGiven", { count: give.data.length - given.length })}`}
        </Text>
      )}
      <Stages stages={stages} due={due} words={{ look: t("pay.previewBonuses"), go: t("pay.giveBonuses") }} />
      <BonusRuns project={project} book={book} />
    </section>
  );
}
