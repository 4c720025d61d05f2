// Step three: how right, for how much. A simulated crowd, decided by the real policy, draws the curve.
import { NumberInput, Slider, Text, useComputedColorScheme } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { count, money, percent } from "@/shared/format";
import { Failed, Loading } from "@/shared/states";
import { curve } from "../plots/curve";
import { CLASSED } from "./draft";
import type { StepProps } from "./setup";
import classes from "./setup.module.css";

const Canvas = lazy(() => import("../plots/canvas"));

export function Enough({ plan, set, items }: StepProps & { items: number }) {
  const { t } = useTranslation("steer");
  const dark = useComputedColorScheme("light") === "dark";
  const wanted = {
    classes: CLASSED.includes(plan.kind) ? Math.max(plan.classes.length, 2) : 2,
    accuracy: plan.annotator,
    spread: 0.08,
    items,
    price: plan.price,
    expert_price: plan.expertPrice,
    expert_accuracy: 0.97,
    target: plan.accuracy,
    max: plan.judgements.max,
  };
  const [settled] = useDebouncedValue(wanted, 300);
  const { data, error, refetch } = useQuery({
    queryKey: ["estimate", settled],
    queryFn: () => ask(api.POST("/api/v1/estimates", { body: settled })),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const points = useMemo(() => [...(data?.points ?? [])].sort((a, b) => a.cost - b.cost), [data]);
  const best = points.at(-1);
  const budget = plan.budget ?? data?.enough?.cost ?? best?.cost ?? 0;
  const reached = points.filter((one) => one.cost <= budget).at(-1) ?? points[0];
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what the money reaches is kept
  useEffect(() => {
    if (reached) set({ confidence: Math.min(Math.max(reached.confidence, 0.51), 0.995) });
  }, [reached?.confidence]);
  const option = useMemo(
    () => curve(points, plan.accuracy, budget, t, dark, plan.currency),
    [points, plan.accuracy, budget, t, dark, plan.currency],
  );
  const most = Math.ceil((best?.cost ?? 100) * 1.5);
  const say = (value: number) => money(value, plan.currency);
  return (
    <>
      <div>
        <Text size="sm" fw={500} id="target">
          {t("setup.accuracy", { share: percent(plan.accuracy, 1) })}
        </Text>
        <Slider
          thumbProps={{ "aria-labelledby": "target" }}
          min={80}
          max={99.5}
          step={0.5}
          value={plan.accuracy * 100}
          label={(value) => percent(value / 100, 1)}
          onChange={(value) => set({ accuracy: value / 100, budget: null })}
        />
      </div>
      <div>
        <Text size="sm" fw={500} id="budget">
          {t("setup.budget", { budget: say(budget) })}
        </Text>
        <Slider
          thumbProps={{ "aria-labelledby": "budget" }}
          min={0}
          max={most}
          step={Math.max(most / 200, 0.01)}
          value={budget}
          label={say}
          onChange={(value) => set({ budget: Math.round(value * 100) / 100 })}
        />
      </div>
      <div className={classes.prices}>
        <NumberInput
          label={t("setup.price", { currency: plan.currency })}
          min={0}
          decimalScale={4}
          step={0.01}
          value={plan.price}
          onChange={(value) => set({ price: Number(value) || 0 })}
        />
        <NumberInput
          label={t("setup.expertPrice", { currency: plan.currency })}
          min={0}
          decimalScale={4}
          step={0.1}
          value={plan.expertPrice}
          onChange={(value) => set({ expertPrice: Number(value) || 0 })}
        />
        <NumberInput
          label={t("setup.annotator")}
          description={t("setup.annotatorHelp")}
          suffix=" %"
          min={30}
          max={99}
          value={Math.round(plan.annotator * 100)}
          onChange={(value) => set({ annotator: Math.min(Math.max(Number(value) / 100, 0.3), 0.99) })}
        />
      </div>
      <section className={classes.curve} aria-label={t("setup.curve")}>
        {error ? (
          <Failed error={error} again={() => void refetch()} />
        ) : data ? (
          <Suspense>
            <Canvas option={option} label={t("setup.curve")} />
          </Suspense>
        ) : (
          <Loading />
        )}
      </section>
      {data && reached && (
        <Text role="status">
          {t("setup.expect", {
            cost: say(reached.cost),
            accuracy: percent(reached.accuracy, 1),
            low: percent(reached.low, 1),
            high: percent(reached.high, 1),
            judgements: count(reached.judgements, 1),
            escalated: percent(reached.escalated, 1),
            items: count(items),
          })}{" "}
          {data.enough ? t("setup.reaches", { cost: say(data.enough.cost) }) : t("setup.beyond")}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        {t("setup.simulated", { count: data?.simulated ?? 0 })}
      </Text>
    </>
  );
}
