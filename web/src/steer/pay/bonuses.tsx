// Give bonuses for how informative answers are. Nothing is given before it was seen to whom and how much.
import { Button, Group, Text, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { queries } from "@/api/queries";
import { count, exact } from "@/shared/format";
import { Failed } from "@/shared/states";
import steer from "../steer.module.css";
import { type Bonus, bonusesIn, type Pay } from "./reads";

export function Bonuses({ project, book }: { project: string; book: Pay }) {
  const { t } = useTranslation("steer");
  const [shown, setShown] = useState(false);
  const due = useQuery({ ...bonusesIn(project), enabled: shown });
  const give = useMutation({
    mutationFn: () =>
      ask(api.POST("/api/v1/projects/{project}/pay/bonuses", { params: { path: { project } } })),
    onSuccess: async () => {
      setShown(false);
      await queries.invalidateQueries({ queryKey: ["project", project, "pay"] });
    },
  });
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
      {(give.error || due.error) && <Failed error={(give.error ?? due.error) as Error} />}
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
      <Group mt="xs">
        <Button
          variant={shown ? "filled" : "default"}
          loading={give.isPending || (shown && due.isPending)}
          disabled={shown && due.data?.length === 0}
          onClick={() => (shown ? give.mutate() : setShown(true))}
        >
          {t(shown ? "pay.giveBonuses" : "pay.previewBonuses")}
        </Button>
        {shown && (
          <Button variant="subtle" onClick={() => setShown(false)}>
            {t("pay.notNow")}
          </Button>
        )}
      </Group>
    </section>
  );
}
