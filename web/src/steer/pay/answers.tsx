// Single answers of somebody: hold what they earned, which can be undone, or take it back for good; with a reason.
import { Button, Checkbox, Group, Text } from "@mantine/core";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { queries } from "@/api/queries";
import { Dialog } from "@/shared/dialog";
import { count, exact, moment } from "@/shared/format";
import { Failed, Loading } from "@/shared/states";
import steer from "../steer.module.css";
import { type PaidAnswer, paidAnswersOf } from "./reads";
import { Reason } from "./reason";

interface Props {
  project: string;
  currency: string;
  who: string;
  name: string;
  onClose: () => void;
}

export function Answers({ project, currency, who, name, onClose }: Props) {
  const { t } = useTranslation("steer");
  const { t: shared } = useTranslation();
  const [chosen, setChosen] = useState<PaidAnswer[]>([]);
  const [reason, setReason] = useState("");
  const [sure, setSure] = useState(false);
  const found = useInfiniteQuery(paidAnswersOf(project, who));
  const answers = found.data?.pages.flat() ?? [];
  const amount = exact(
    chosen.reduce((sum, one) => sum + Number(one.amount), 0),
    currency,
  );
  const move = useMutation({
    mutationFn: async (what: "hold" | "reverse") => {
      const params = { path: { project } };
      const body = { annotator: who, reason, annotations: chosen.map((one) => one.annotation) };
      if (what === "hold") {
        await ask(
          api.POST("/api/v1/projects/{project}/pay/holds", { params, body: { ...body, finding: null } }),
        );
      } else await ask(api.POST("/api/v1/projects/{project}/pay/reversals", { params, body }));
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["project", project, "pay"] });
      onClose();
    },
  });
  const ready = chosen.length > 0 && reason.trim() !== "";
  const toggle = (one: PaidAnswer, on: boolean) => {
    setSure(false);
    setChosen((before) => (on ? [...before, one] : before.filter((other) => other !== one)));
  };
  return (
    <Dialog title={t("pay.answersOf", { who: name })} closable onClose={onClose} size="lg">
      {found.error ? (
        <Failed error={found.error} again={() => void found.refetch()} />
      ) : found.isPending ? (
        <Loading />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (ready) move.mutate("hold");
          }}
        >
          <Text mb="xs">{t("pay.which")}</Text>
          <section className={steer.scroll} tabIndex={0} aria-label={t("pay.answersOf", { who: name })}>
            <ul className={steer.needs} style={{ maxHeight: "40vh", overflowY: "auto" }}>
              {answers.map((one) => (
                <li key={one.annotation} className={steer.need}>
                  <Checkbox
                    checked={chosen.includes(one)}
                    disabled={one.moved}
                    onChange={(event) => toggle(one, event.currentTarget.checked)}
                    label={`${one.item} · ${one.step}: ${shown(one.value)}`}
                    description={moment(one.at) + (one.moved ? ` · ${t("pay.moved")}` : "")}
                  />
                  <span>{exact(one.amount, currency)}</span>
                </li>
              ))}
            </ul>
            {found.hasNextPage && (
              <Button
                variant="subtle"
                size="compact-sm"
                loading={found.isFetchingNextPage}
                onClick={() => void found.fetchNextPage()}
              >
                {t("pay.older")}
              </Button>
            )}
          </section>
          <Reason value={reason} onChange={setReason} />
          {move.error && <Failed error={move.error} />}
          <Text mt="sm" role="status">
            {sure
              ? t("pay.forGood", { amount, who: name })
              : t("pay.chosen", { count: chosen.length, shown: count(chosen.length), amount })}
          </Text>
          <Group mt="md" justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {shared("cancel")}
            </Button>
            <Button
              variant={sure ? "filled" : "default"}
              color={sure ? "red.9" : undefined}
              disabled={!ready}
              loading={move.isPending}
              onClick={() => (sure ? move.mutate("reverse") : setSure(true))}
            >
              {t(sure ? "pay.reverseSure" : "pay.reverse")}
            </Button>
            <Button type="submit" disabled={!ready} loading={move.isPending}>
              {t("pay.hold")}
            </Button>
          </Group>
        </form>
      )}
    </Dialog>
  );
}

const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
