// From nothing to the first label: four steps, and beside them the screen that annotators will see.
import { Button, Code, CopyButton, Group, Stepper, Text, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { me, queries } from "@/api/queries";
import { useKeys } from "@/shared/keys";
import { Empty } from "@/shared/states";
import { Bring } from "./bring";
import { type Brought, CLASSED, type Made, type Plan, publish, type Seen, started } from "./draft";
import { Enough } from "./enough";
import { Preview } from "./preview";
import { Question } from "./question";
import classes from "./setup.module.css";
import { Who } from "./who";

const STEPS = ["bring", "question", "enough", "who"] as const;

export interface StepProps {
  readonly plan: Plan;
  readonly set: (part: Partial<Plan>) => void;
}

export function SetUp() {
  const { t } = useTranslation("steer");
  const { data: who } = useQuery(me);
  const [at, setAt] = useState(0);
  const [plan, setPlan] = useState<Plan>(() => started(t("setup.yes"), t("setup.no")));
  const [brought, setBrought] = useState<Brought | null>(null);
  const [seen, setSeen] = useState<Seen | null>(null);
  const set = (part: Partial<Plan>) => setPlan((now) => ({ ...now, ...part }));
  const go = useMutation({
    mutationFn: () => publish(plan, brought, who?.name ?? "", t("setup.reason")),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["projects"] });
      void queries.invalidateQueries({ queryKey: ["me"] });
    },
  });
  const missing = missingIn(plan, at);
  const last = at === STEPS.length - 1;
  const forward = () => {
    if (missing) return;
    if (last) go.mutate();
    else setAt(at + 1);
  };
  useKeys([
    { press: "mod+Enter", does: t(last ? "setup.publish" : "setup.next"), run: forward, typing: true },
    { press: "alt+ArrowLeft", does: t("setup.back"), run: () => setAt(Math.max(0, at - 1)) },
  ]);
  if (who && !who.admin)
    return (
      <Empty whole title={t("setup.notYou")}>
        {t("setup.askAdmin")}
      </Empty>
    );
  if (go.isSuccess) return <Ready plan={plan} made={go.data} />;
  const props = { plan, set };
  return (
    <div className={classes.page}>
      <div className={classes.steps}>
        <Title order={1}>{t("setup.title")}</Title>
        <Stepper
          active={at}
          onStepClick={setAt}
          size="sm"
          iconSize={32}
          allowNextStepsSelect={false}
          wrap={false}
          className={classes.stepper}
        >
          {STEPS.map((name) => (
            <Stepper.Step key={name} label={t(`setup.step.${name}`)} />
          ))}
        </Stepper>
        <div className={classes.step}>
          {at === 0 && (
            <Bring
              {...props}
              brought={brought}
              seen={seen}
              onBrought={(what, found) => {
                setBrought(what);
                setSeen(found);
              }}
            />
          )}
          {at === 1 && <Question {...props} />}
          {at === 2 && <Enough {...props} items={itemsIn(brought, seen)} />}
          {at === 3 && <Who {...props} me={who?.name ?? ""} />}
        </div>
        {go.error && (
          <Text role="alert" className={classes.fault}>
            {go.error.message}
          </Text>
        )}
        <Group justify="space-between">
          <Button variant="default" onClick={() => setAt(at - 1)} disabled={at === 0}>
            {t("setup.back")}
          </Button>
          <Group gap="sm">
            <Text size="sm" c="dimmed" id="missing">
              {missing && t(`setup.missing.${missing}`)}
            </Text>
            <Button
              onClick={forward}
              disabled={missing !== null}
              loading={go.isPending}
              aria-describedby="missing"
            >
              {t(last ? "setup.publish" : "setup.next")}
            </Button>
          </Group>
        </Group>
      </div>
      <aside className={classes.preview} aria-label={t("setup.preview")}>
        <Preview plan={plan} seen={seen} brought={brought} />
      </aside>
    </div>
  );
}

function itemsIn(brought: Brought | null, seen: Seen | null): number {
  if (brought?.as === "media") return brought.files.length;
  return Math.max((seen?.rows ?? 0) - (seen?.rejected ?? 0), 0) || 1000;
}

/** What the step at hand still needs before the next. */
function missingIn(plan: Plan, at: number): "name" | "ask" | "classes" | null {
  if (!plan.name.trim()) return "name";
  if (at >= 1 && !plan.ask.trim()) return "ask";
  if (at >= 1 && CLASSED.includes(plan.kind)) {
    const ids = plan.classes.map((one) => one.id);
    const least = plan.kind === "spans" || plan.kind === "boxes" ? 1 : 2;
    if (ids.length < least || new Set(ids).size < ids.length || plan.classes.some((one) => !one.title))
      return "classes";
  }
  return null;
}

function Ready({ plan, made }: { plan: Plan; made: Made }) {
  const { t } = useTranslation("steer");
  const project = plan.name.trim();
  return (
    <Empty
      whole
      title={t("setup.ready", { project })}
      action={
        <Group>
          {plan.labelMyself && (
            <Button component={Link} to="/work">
              {t("setup.first")}
            </Button>
          )}
          <Button variant="default" component={Link} to={`/projects/${encodeURIComponent(project)}`}>
            {t("setup.open")}
          </Button>
        </Group>
      }
    >
      {t("setup.readyText")}
      {made.invite && <Once words={t("setup.inviteOnce")} secret={made.invite} />}
      {made.token && <Once words={t("setup.tokenOnce", { model: plan.model.trim() })} secret={made.token} />}
    </Empty>
  );
}

/** A secret that is shown this once. */
function Once({ words, secret }: { words: string; secret: string }) {
  const { t } = useTranslation();
  return (
    <span className={classes.once}>
      {words}
      <Code className={classes.secret}>{secret}</Code>
      <CopyButton value={secret}>
        {({ copied, copy }) => (
          <Button variant="default" size="compact-sm" onClick={copy}>
            {t(copied ? "copied" : "copy")}
          </Button>
        )}
      </CopyButton>
    </span>
  );
}
