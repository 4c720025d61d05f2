// The guideline as it reads now, at the clause that matters; searchable.
import { Text, TextInput, Title } from "@mantine/core";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./judge.module.css";
import type { Case } from "./queue";

const Prose = lazy(() => import("@/annotate/item/prose"));

export function Guideline({ guideline, at }: { guideline: Case["guideline"]; at: string | null }) {
  const { t } = useTranslation("judge");
  const [typed, setTyped] = useState("");
  const place = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it moves when another clause matters
  useEffect(() => {
    const found = place.current?.querySelector("[data-at]");
    if (found && place.current) place.current.scrollTop = (found as HTMLElement).offsetTop - 8;
  }, [at]);
  if (!guideline) return <Text c="dimmed">{t("guideline.none")}</Text>;
  const wanted = typed.trim().toLowerCase();
  const clauses = guideline.clauses.filter((one) => one.text.toLowerCase().includes(wanted));
  return (
    <section className={classes.guideline} aria-label={t("guideline.title")}>
      <Title order={2}>
        {t("guideline.title")}{" "}
        <span className={classes.quiet}>{t("guideline.version", { version: guideline.version })}</span>
      </Title>
      <TextInput
        aria-label={t("guideline.search")}
        placeholder={t("guideline.search")}
        size="xs"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <section className={classes.clauses} ref={place} tabIndex={0} aria-label={t("guideline.text")}>
        {clauses.length === 0 && <Text c="dimmed">{t("guideline.nothing")}</Text>}
        {clauses.map((one) => (
          <div key={`${one.id}${one.title}`} data-at={(one.id !== null && one.id === at) || undefined}>
            <Suspense fallback={one.text}>
              <Prose text={one.text.replace(/^#{1,6} (.*)$/m, "**$1**")} />
            </Suspense>
          </div>
        ))}
      </section>
    </section>
  );
}
