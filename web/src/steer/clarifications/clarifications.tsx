// What the guideline should say more clearly: asked by the watch or by people, answered with a clause.
import { Anchor, Button, Group, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { me, queries } from "@/api/queries";
import { ago, count, percent } from "@/shared/format";
import { Empty, Failed, Loading } from "@/shared/states";
import classes from "../findings/findings.module.css";
import { type Clarification, clarificationsOf } from "../findings/reads";
import steer from "../steer.module.css";

const ONE = "/api/v1/projects/{project}/clarifications/{clarification}" as const;

export function Clarifications() {
  const { t } = useTranslation("steer");
  const { project } = useParams({ from: "/inside/projects/$project" });
  const { data, error, refetch } = useQuery(clarificationsOf(project));
  const { data: self } = useQuery(me);
  if (error) return <Failed error={error} again={() => void refetch()} />;
  if (!data) return <Loading />;
  const mine = self?.roles[project] ?? [];
  const may = Boolean(self?.admin || mine.includes("manager") || mine.includes("steward"));
  return (
    <div className={steer.page}>
      <div>
        <Anchor component={Link} to="/projects/$project/specs" params={{ project } as never} size="sm">
          {t("specs.title")}
        </Anchor>
        <Title order={1}>{t("clarify.title")}</Title>
        <Text c="dimmed">{t("clarify.about")}</Text>
      </div>
      {data.length === 0 && <Empty title={t("clarify.none")}>{t("clarify.noneText")}</Empty>}
      <ul className={classes.list}>
        {data.map((one) => (
          <li key={one.id} className={classes.row}>
            <Request project={project} one={one} may={may} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Request({ project, one, may }: { project: string; one: Clarification; may: boolean }) {
  const { t } = useTranslation("steer");
  const [writing, setWriting] = useState<"answer" | "decline" | null>(null);
  return (
    <>
      <div className={classes.head}>
        <Title order={2} size="h5">
          {one.labels.length > 0 ? one.labels.join(" / ") : one.step}
        </Title>
        <span>{t(`clarify.state.${one.state}`)}</span>
        <span className={steer.quiet}>
          {one.step} · {one.asker ?? t("clarify.watch")} · {ago(one.at)}
        </span>
      </div>
      <Text>
        {one.asker === null && one.labels.length === 2
          ? t("clarify.split", { one: one.labels[0], two: one.labels[1] })
          : one.question}
      </Text>
      {one.examples.length > 0 && (
        <>
          <Text size="sm">{t("clarify.examples", { count: one.tasks, shown: count(one.tasks) })}</Text>
          <ul className={classes.said}>
            {one.examples.map((each) => (
              <li key={each.item}>
                <Anchor
                  component={Link}
                  to="/projects/$project/items/$item"
                  params={{ project, item: each.item } as never}
                >
                  {each.excerpt || each.item}
                </Anchor>{" "}
                <span className={steer.quiet}>{soft(each.shares)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      {one.answer && (
        <Text>
          <b>{one.clause ? `§${one.clause}` : t("clarify.state.declined")}</b> {one.answer}{" "}
          <span className={steer.quiet}>
            {one.version !== null && t("clarify.version", { version: one.version })}
          </span>
        </Text>
      )}
      {may && one.state === "open" && writing === null && (
        <Group gap="xs">
          <Button size="compact-md" onClick={() => setWriting("answer")}>
            {t("clarify.answer")}
          </Button>
          <Button size="compact-md" variant="default" onClick={() => setWriting("decline")}>
            {t("clarify.decline")}
          </Button>
        </Group>
      )}
      {writing === "answer" && <Answer project={project} id={one.id} onClose={() => setWriting(null)} />}
      {writing === "decline" && <Decline project={project} id={one.id} onClose={() => setWriting(null)} />}
    </>
  );
}

/** What share of informed people would say each label. */
function soft(shares: Clarification["examples"][number]["shares"]): string {
  return shares
    .filter(({ value }) => value >= 0.05)
    .map(
      ({ label, value, low, high }) =>
        `${label} ${percent(value, 0)} (${percent(low, 0)}–${percent(high, 0)})`,
    )
    .join(" · ");
}

interface Writing {
  project: string;
  id: string;
  onClose: () => void;
}

function done(project: string, onClose: () => void): void {
  void queries.invalidateQueries({ queryKey: ["project", project] });
  onClose();
}

function Answer({ project, id, onClose }: Writing) {
  const { t } = useTranslation("steer");
  const [clause, setClause] = useState("");
  const [title, setTitle] = useState("");
  const [text, setText] = useState("");
  const params = { path: { project, clarification: id } };
  const answer = useMutation({
    mutationFn: () =>
      ask(api.POST(`${ONE}/answer`, { params, body: { clause: clause.trim(), title, text } })),
    onSuccess: () => done(project, onClose),
  });
  const whole = clause.trim() && title.trim() && text.trim();
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (whole) answer.mutate();
      }}
    >
      <Text size="sm">{t("clarify.means")}</Text>
      <TextInput
        data-autofocus
        label={t("clarify.number")}
        description={t("clarify.numberText")}
        required
        maxLength={20}
        value={clause}
        onChange={(event) => setClause(event.currentTarget.value)}
      />
      <TextInput
        label={t("clarify.clauseTitle")}
        required
        maxLength={200}
        value={title}
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
      <Textarea
        label={t("clarify.text")}
        required
        autosize
        minRows={3}
        maxLength={20000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {answer.error && <Text role="alert">{answer.error.message}</Text>}
      <Group gap="xs">
        <Button size="compact-md" type="submit" disabled={!whole} loading={answer.isPending}>
          {t("clarify.publish")}
        </Button>
        <Button size="compact-md" variant="default" onClick={onClose}>
          {t("cancel", { ns: "shared" })}
        </Button>
      </Group>
    </form>
  );
}

function Decline({ project, id, onClose }: Writing) {
  const { t } = useTranslation("steer");
  const [reason, setReason] = useState("");
  const params = { path: { project, clarification: id } };
  const decline = useMutation({
    mutationFn: () => ask(api.POST(`${ONE}/decline`, { params, body: { reason } })),
    onSuccess: () => done(project, onClose),
  });
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim()) decline.mutate();
      }}
    >
      <TextInput
        data-autofocus
        label={t("clarify.whyNot")}
        required
        maxLength={4000}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {decline.error && <Text role="alert">{decline.error.message}</Text>}
      <Group gap="xs">
        <Button size="compact-md" type="submit" disabled={!reason.trim()} loading={decline.isPending}>
          {t("clarify.decline")}
        </Button>
        <Button size="compact-md" variant="default" onClick={onClose}>
          {t("cancel", { ns: "shared" })}
        </Button>
      </Group>
    </form>
  );
}
