// The money of a project: prices and budgets by step and how far they go, what is owed to whom, holds, payouts.
import { Anchor, Badge, Button, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { me } from "@/api/queries";
import { count, day, duration, exact, money } from "@/shared/format";
import { Failed, Loading } from "@/shared/states";
import steer from "../steer.module.css";
import { Answers } from "./answers";
import { Bonuses } from "./bonuses";
import { type Ask, Move } from "./move";
import { Payouts } from "./payouts";
import { Prices } from "./prices";
import { type Pay as Book, payOf, type StepMoney } from "./reads";

export function Pay() {
  const { t } = useTranslation("steer");
  const { project } = useParams({ from: "/inside/projects/$project" });
  const { data, error, refetch } = useQuery(payOf(project));
  const { data: self } = useQuery(me);
  const [asked, setAsked] = useState<Ask | null>(null);
  const [looked, setLooked] = useState<{ who: string; name: string } | null>(null);
  const manages = Boolean(self?.admin || self?.roles[project]?.includes("manager"));
  return (
    <div className={steer.page}>
      <div>
        <Title order={1}>{t("tabs.pay")}</Title>
        <Text c="dimmed">{t("pay.says")}</Text>
      </div>
      {error ? (
        <Failed error={error} again={() => void refetch()} />
      ) : !data ? (
        <Loading />
      ) : (
        <>
          <Warnings book={data} />
          <Steps project={project} book={data} />
          <Wages book={data} />
          <People project={project} book={data} onAsk={manages ? setAsked : null} onLook={setLooked} />
          <Holds book={data} onAsk={manages ? setAsked : null} />
          {manages && <Bonuses project={project} book={data} />}
          <Payouts project={project} book={data} manages={manages} />
          <Prices project={project} currency={data.currency} />
        </>
      )}
      {asked && <Move project={project} asked={asked} onClose={() => setAsked(null)} />}
      {looked && data && (
        <Answers project={project} currency={data.currency} {...looked} onClose={() => setLooked(null)} />
      )}
    </div>
  );
}

/** What somebody should do something about: money that ends, steps that stopped, hours that bring too little. */
function Warnings({ book }: { book: Book }) {
  const { t } = useTranslation("steer");
  const said = [
    ...book.steps.flatMap((step) => {
      if (step.thrift) return [t(`pay.thrift.${step.thrift}`, { step: step.step })];
      if (step.undone === 0) return [];
      const told = { step: step.step, count: step.undone, shown: count(step.undone) };
      return [step.ends ? t("pay.ends", { ...told, day: day(step.ends) }) : t("pay.short", told)];
    }),
    ...book.wages
      .filter((wage) => wage.low && wage.role === "crowd" && wage.hourly !== null)
      .map((wage) =>
        t("pay.low", {
          step: wage.step,
          hourly: money(wage.hourly ?? 0, book.currency),
          least: money(wage.least, book.currency),
        }),
      ),
  ];
  if (said.length === 0) return null;
  return (
    <section aria-label={t("home.needs")}>
      <ul className={steer.needs}>
        {said.map((one) => (
          <li key={one} className={steer.need}>
            {one}
          </li>
        ))}
      </ul>
    </section>
  );
}

const STEP = ["price", "tiers", "expert", "spent", "promised", "left", "needed", "state"] as const;

function Steps({ project, book }: { project: string; book: Book }) {
  const { t } = useTranslation("steer");
  const policy = { project, kind: "policy", name: "policy" } as never;
  return (
    <div>
      <Title order={2} id="steps" mb="xs">
        {t("pay.steps")}
      </Title>
      <section className={steer.scroll} tabIndex={0} aria-labelledby="steps">
        <table className={steer.table}>
          <thead>
            <tr>
              <th scope="col">{t("pay.column.step")}</th>
              {STEP.map((name) => (
                <th key={name} scope="col">
                  {t(`pay.column.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {book.steps.map((step) => (
              <Step key={step.step} step={step} currency={book.currency} />
            ))}
          </tbody>
        </table>
      </section>
      <Anchor
        component={Link}
        to="/projects/$project/specs/$kind/$name"
        params={policy}
        display="inline-block"
        mt="xs"
      >
        {t("pay.change")}
      </Anchor>
    </div>
  );
}

function Step({ step, currency }: { step: StepMoney; currency: string }) {
  const { t } = useTranslation("steer");
  return (
    <tr>
      <th scope="row">{step.step}</th>
      <td>
        {exact(step.price, currency)}
        {Number(step.raised) > 0 && (
          <div className={steer.quiet}>{t("pay.raised", { amount: exact(step.raised, currency) })}</div>
        )}
      </td>
      <td>
        {step.tiers.map((tier) => (
          <div key={tier.name}>
            {tier.name}: {exact(tier.price, currency)}
          </div>
        ))}
        {step.tiers.length === 0 && "–"}
      </td>
      <td>{exact(step.adjudication, currency)}</td>
      <td>
        {exact(step.spent, currency)}
        {step.budget !== null && (
          <span className={steer.quiet}> {t("pay.of", { budget: exact(step.budget, currency) })}</span>
        )}
      </td>
      <td>{exact(step.committed, currency)}</td>
      <td>{step.left === null ? t("pay.unlimited") : exact(step.left, currency)}</td>
      <td>
        {t("pay.tasks", { count: step.undecided, shown: count(step.undecided) })}
        <div className={steer.quiet}>{t("pay.about", { amount: money(step.needed, currency) })}</div>
      </td>
      <td>
        {step.thrift ? <Badge color="orange.9">{t(`pay.state.${step.thrift}`)}</Badge> : t("pay.state.open")}
      </td>
    </tr>
  );
}

function Wages({ book }: { book: Book }) {
  const { t } = useTranslation("steer");
  if (book.wages.length === 0) return null;
  return (
    <section aria-labelledby="wages">
      <Title order={2} id="wages" mb="xs">
        {t("pay.wages")}
      </Title>
      <ul className={steer.needs}>
        {book.wages.map((wage) => (
          <li key={`${wage.step} ${wage.role}`} className={steer.need}>
            <span>
              {wage.step} · {t(`pay.role.${wage.role}`)}
              <span className={steer.quiet}>
                {" "}
                {t("pay.behind", {
                  count: wage.answers,
                  shown: count(wage.answers),
                  time: duration(wage.seconds),
                })}
              </span>
            </span>
            <span>
              {wage.hourly === null ? "–" : t("pay.hourly", { amount: money(wage.hourly, book.currency) })}
              {wage.low && (
                <Badge color="red.9" ml="xs">
                  {t("pay.under", { least: money(wage.least, book.currency) })}
                </Badge>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const SUMS = ["earned", "bonus", "reversed", "payable", "held", "paid"] as const;
interface Part {
  book: Book;
  onAsk: ((ask: Ask) => void) | null;
}

interface PeopleProps extends Part {
  project: string;
  onLook: (who: { who: string; name: string }) => void;
}

function People({ project, book, onAsk, onLook }: PeopleProps) {
  const { t } = useTranslation("steer");
  return (
    <div>
      <Title order={2} id="people" mb="xs">
        {t("pay.people")}
      </Title>
      {book.annotators.length === 0 ? (
        <Text c="dimmed">{t("pay.nobody")}</Text>
      ) : (
        <section className={steer.scroll} tabIndex={0} aria-labelledby="people">
          <table className={steer.table}>
            <thead>
              <tr>
                <th scope="col">{t("pay.column.who")}</th>
                {SUMS.map((name) => (
                  <th key={name} scope="col">
                    {t(`pay.sum.${name}`)}
                  </th>
                ))}
                {onAsk && <td />}
              </tr>
            </thead>
            <tbody>
              {book.annotators.map((one) => (
                <tr key={one.annotator}>
                  <th scope="row">
                    <Anchor
                      inherit
                      component={Link}
                      to="/projects/$project/annotators/$annotator"
                      params={{ project, annotator: one.annotator } as never}
                    >
                      {one.name ?? one.annotator}
                    </Anchor>
                  </th>
                  {SUMS.map((name) => (
                    <td key={name}>{Number(one[name]) === 0 ? "–" : exact(one[name], book.currency)}</td>
                  ))}
                  {onAsk && (
                    <td>
                      {Number(one.earned) > 0 && (
                        <Button
                          size="compact-sm"
                          variant="default"
                          mr="xs"
                          aria-label={t("pay.answersOf", { who: one.name ?? one.annotator })}
                          onClick={() => onLook({ who: one.annotator, name: one.name ?? one.annotator })}
                        >
                          {t("pay.answers")}
                        </Button>
                      )}
                      {Number(one.payable) > 0 && (
                        <Button
                          size="compact-sm"
                          variant="default"
                          aria-label={t("pay.holdOf", { who: one.name ?? one.annotator })}
                          onClick={() =>
                            onAsk({ what: "hold", who: one.annotator, name: one.name, amount: one.payable })
                          }
                        >
                          {t("pay.hold")}
                        </Button>
                      )}
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}

function Holds({ book, onAsk }: Part) {
  const { t } = useTranslation("steer");
  if (book.holds.length === 0) return null;
  return (
    <section aria-labelledby="holds">
      <Title order={2} id="holds" mb="xs">
        {t("pay.holds")}
      </Title>
      <ul className={steer.needs}>
        {book.holds.map((one) => (
          <li key={one.hold} className={steer.need}>
            <span>
              <b>{one.name ?? one.annotator}</b> · {exact(one.amount, book.currency)} · {day(one.at)}{" "}
              <q dir="auto">{one.reason}</q>
            </span>
            {onAsk && (
              <Button.Group>
                {(["release", "reverse"] as const).map((what) => (
                  <Button
                    key={what}
                    size="compact-sm"
                    variant="default"
                    aria-label={t(`pay.${what}Of`, { who: one.name ?? one.annotator })}
                    onClick={() =>
                      onAsk({ what, who: one.annotator, name: one.name, amount: one.amount, hold: one.hold })
                    }
                  >
                    {t(`pay.${what}`)}
                  </Button>
                ))}
              </Button.Group>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
