// The experts' desk: what waits at the left, the case in the middle, the evidence at the right, the word below.
import { Button, Group, Kbd, Text, VisuallyHidden } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { say } from "@/annotate/task";
import { me, queries } from "@/api/queries";
import { useKeys } from "@/shared/keys";
import { Empty, Failed, Loading } from "@/shared/states";
import { CaseDesk } from "./case";
import classes from "./judge.module.css";
import { useCasesNews } from "./news";
import { type Case, caseOf, claim, giveBack, queueOf } from "./queue";
import { QueueList } from "./queue_list";
import { Rest } from "./rest";
import { type Outcome, OutcomeStrip } from "./strip";

export function Judge() {
  const { t } = useTranslation("judge");
  const { data: who } = useQuery(me);
  const { project, held } = useSearch({ from: "/inside/judge" });
  const mine = Object.entries(who?.roles ?? {})
    .filter(([name, roles]) => roles.includes("expert") && (!project || name === project))
    .map(([name]) => name);
  if (!who) return <Loading />;
  if (mine.length === 0)
    return (
      <>
        <VisuallyHidden component="h1">{t("queue.title")}</VisuallyHidden>
        <Empty title={t("nowhere.title")}>{t("nowhere.text")}</Empty>
      </>
    );
  return <Desk projects={mine} held={held} />;
}

function Desk({ projects, held }: { projects: readonly string[]; held: string | undefined }) {
  const { t, i18n } = useTranslation("judge");
  const navigate = useNavigate({ from: "/judge" });
  useCasesNews();
  const queue = useQuery(queueOf(projects));
  const current = useQuery(caseOf(held));
  const forMe = queue.data?.filter((row) => row.yours || row.expert === null).length ?? 0;
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [dry, setDry] = useState(false);
  const open = (found: Case | undefined) => {
    if (found) queries.setQueryData(caseOf(found.assignment).queryKey, found);
    setDry(!found);
    void queries.invalidateQueries({ queryKey: ["queue"] });
    return navigate({ search: (now) => ({ ...now, held: found?.assignment }), replace: true });
  };
  const next = useMutation({ mutationFn: () => claim(projects), onSuccess: open });
  const back = useMutation({
    mutationFn: (assignment: string) => giveBack(assignment),
    onSuccess: () => open(undefined),
  });
  useKeys([{ press: "Enter", does: t("next"), run: () => next.mutate() }], !held && !next.isPending);

  const refresh = () => void queries.invalidateQueries({ queryKey: ["queue"] });
  return (
    <div className={classes.desk} data-case={held ? true : undefined}>
      <aside className={classes.queue} aria-label={t("queue.title")} tabIndex={0}>
        <QueueList rows={queue.data} error={queue.error} again={refresh} alone={!held} />
      </aside>
      <div className={classes.middle}>
        <VisuallyHidden role="status">
          {held &&
            current.data &&
            t("opened", { item: current.data.item, ask: say(current.data.ask, i18n.language) })}
        </VisuallyHidden>
        <div>
          <Rest />
          <OutcomeStrip outcome={outcome} onClose={() => setOutcome(null)} />
        </div>
        {next.error ? (
          <Failed error={next.error} again={() => next.mutate()} />
        ) : held && current.data ? (
          <CaseDesk
            key={current.data.assignment}
            found={current.data}
            refused={back.variables === held ? back.error : null}
            onDecided={(came) => {
              setOutcome(came);
              next.mutate();
            }}
            onGiveBack={() => back.mutate(current.data.assignment)}
          />
        ) : held && current.error ? (
          <Empty title={t("gone.title")} action={<Next busy={next.isPending} go={() => next.mutate()} />}>
            {t("gone.text")}
          </Empty>
        ) : held || next.isPending ? (
          <Loading />
        ) : dry || (queue.data && forMe === 0) ? (
          <Empty
            title={t("dry.title")}
            action={<Next busy={next.isPending} go={() => next.mutate()} again />}
          >
            {t("dry.text")}
          </Empty>
        ) : (
          <Empty
            title={t("start.title", { count: forMe })}
            action={<Next busy={next.isPending} go={() => next.mutate()} />}
          >
            {t("start.text")}
          </Empty>
        )}
      </div>
    </div>
  );
}

function Next({ busy, go, again = false }: { busy: boolean; go: () => void; again?: boolean }) {
  const { t } = useTranslation("judge");
  return (
    <Group gap="xs" justify="center">
      <Button
        onClick={go}
        loading={busy}
        variant={again ? "default" : "filled"}
        rightSection={<Kbd aria-hidden>Enter</Kbd>}
      >
        {again ? t("look") : t("next")}
      </Button>
      {again && (
        <Text size="xs" c="dimmed">
          {t("refreshed")}
        </Text>
      )}
    </Group>
  );
}
