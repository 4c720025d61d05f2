// What others said, what follows from it, and what the guideline says. In a blind check only the last.
import { Kbd, Tabs, Text, Title, Tooltip } from "@mantine/core";
import { type CSSProperties, useState } from "react";
import { useTranslation } from "react-i18next";
import { clauseOf } from "@/annotate/guide";
import { free, shown } from "@/annotate/hotkeys";
import { Answer } from "@/annotate/kinds/answer";
import { type Guide, type Question, say } from "@/annotate/task";
import { says } from "@/findings/says";
import { count, percent } from "@/shared/format";
import { useKeys } from "@/shared/keys";
import { classColour } from "@/shared/theme";
import { Guideline } from "./guideline";
import classes from "./judge.module.css";
import { Precedents, Sides } from "./others";
import { type Case, type Given, skillOf } from "./queue";

interface Shown {
  found: Case;
  /** The class that the expert looks at. */
  label: string | null;
}

export function Evidence({ found, label }: Shown) {
  const { question } = found;
  const { t, i18n } = useTranslation("judge");
  const clause = clauseOf({ guideline: found.guideline } as Guide, question, label, (written) =>
    say(written, i18n.language),
  );
  const [tab, setTab] = useState("evidence");
  const letter = free("g", question);
  const turn = () => setTab(tab === "evidence" ? "guideline" : "evidence");
  useKeys([{ press: letter, does: t("evidence.turn"), run: turn }], !found.blind);
  const guideline = <Guideline guideline={found.guideline} at={clause?.id ?? null} />;
  if (found.blind)
    return (
      <>
        <div className={classes.closed}>
          <Title order={2}>{t("blind.title")}</Title>
          <Text size="sm">{t("blind.text")}</Text>
        </div>
        {guideline}
      </>
    );
  return (
    <Tabs value={tab} onChange={(chosen) => setTab(chosen ?? tab)} keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="evidence">{t("evidence.title")}</Tabs.Tab>
        <Tabs.Tab value="guideline" rightSection={<Kbd aria-hidden>{shown(letter)}</Kbd>}>
          {t("guideline.title")}
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="evidence" className={classes.panel}>
        <Sides found={found} question={question} />
        <Answers found={found} question={question} />
        <Beliefs found={found} question={question} />
        <Findings found={found} />
        <Precedents found={found} question={question} />
      </Tabs.Panel>
      <Tabs.Panel value="guideline" className={classes.panel}>
        {guideline}
      </Tabs.Panel>
    </Tabs>
  );
}

function titleOf(question: Question, id: string, language: string): string {
  const one = question.classes.find((each) => each.id === id);
  return say(one?.title, language) || id;
}

function Answers({ found, question }: { found: Case; question: Question }) {
  const { t, i18n } = useTranslation("judge");
  const answers = found.answers ?? [];
  const groups = new Map<string, Given[]>();
  for (const one of answers) {
    const name = typeof one.value === "string" ? one.value : JSON.stringify(one.value);
    groups.set(name, [...(groups.get(name) ?? []), one]);
  }
  const order = [...groups].sort((a, b) => b[1].length - a[1].length);
  return (
    <section>
      <Title order={2}>{t("answers.title", { count: answers.length })}</Title>
      {answers.length === 0 && <Text c="dimmed">{t("answers.none")}</Text>}
      {order.map(([name, given]) => {
        const position = question.classes.findIndex((one) => one.id === name);
        return (
          <div
            key={name}
            className={classes.group}
            style={{ "--class": classColour(Math.max(position, 0)) } as CSSProperties}
          >
            <div className={classes.groupTitle}>
              {position >= 0 ? (
                titleOf(question, name, i18n.language)
              ) : (
                <Answer question={question} value={given[0]?.value} item={found} />
              )}
              <span className={classes.quiet}>{count(given.length)}</span>
            </div>
            <ul className={classes.chips}>
              {given.map((one) => (
                <Person key={one.annotator} given={one} position={position} />
              ))}
            </ul>
          </div>
        );
      })}
    </section>
  );
}

function Person({ given, position }: { given: Given; position: number }) {
  const { t } = useTranslation("judge");
  const skill = skillOf(given.skill, position < 0 ? undefined : position);
  const told = [
    given.role !== "crowd" && t(`role.${given.role}`, given.role),
    skill === null
      ? t("answers.noSkill")
      : t("answers.skill", {
          share: percent(skill.share, 0),
          low: percent(skill.low, 0),
          high: percent(skill.high, 0),
        }),
    given.seconds !== null && t("answers.seconds", { seconds: count(given.seconds, 1) }),
  ].filter(Boolean);
  return (
    <li className={classes.person}>
      <Tooltip label={told.join(" · ")} multiline>
        <span className={classes.chip} tabIndex={0}>
          <span className={classes.meter} aria-hidden>
            <span style={{ "--height": skill?.share ?? 0 } as CSSProperties} />
          </span>
          <span>{given.annotator}</span>
          <span className={classes.told}>{told.join(" · ")}</span>
        </span>
      </Tooltip>
      {given.comment && <q className={classes.comment}>{given.comment}</q>}
    </li>
  );
}

function Beliefs({ found, question }: { found: Case; question: Question }) {
  const { t, i18n } = useTranslation("judge");
  const rows = Object.entries(found.probabilities ?? {})
    .sort((a, b) => b[1] - a[1])
    .slice(0, 6);
  if (rows.length === 0) return null;
  return (
    <section>
      <Title order={2}>{t("beliefs.title")}</Title>
      <dl className={classes.beliefs}>
        {rows.map(([id, share]) => (
          <div key={id} className={classes.belief}>
            <dt>{titleOf(question, id, i18n.language)}</dt>
            <dd>
              <span
                className={classes.share}
                style={
                  {
                    "--share": share,
                    "--class": classColour(
                      Math.max(
                        0,
                        question.classes.findIndex((one) => one.id === id),
                      ),
                    ),
                  } as CSSProperties
                }
              />
              <span className={classes.number}>{percent(share)}</span>
            </dd>
          </div>
        ))}
      </dl>
      <Text size="xs" c="dimmed">
        {t("beliefs.from", { count: found.answers?.length ?? 0 })}
      </Text>
    </section>
  );
}

function Findings({ found }: { found: Case }) {
  const { t } = useTranslation("judge");
  const { t: f, i18n } = useTranslation("findings");
  const rows = found.findings ?? [];
  if (rows.length === 0) return null;
  return (
    <section>
      <Title order={2}>{t("findings.title")}</Title>
      <ul className={classes.plain}>
        {rows.map((one) => (
          <li key={JSON.stringify(one)}>{says(one.kind, one.message, one.evidence, f, i18n.language)}</li>
        ))}
      </ul>
    </section>
  );
}
