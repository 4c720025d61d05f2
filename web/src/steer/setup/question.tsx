// Step two: what is asked, and what may be answered.
import { Button, Group, NumberInput, Select, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { ClassEditor } from "../classes";
import { CLASSED, from, KINDS, type Kind } from "./draft";
import type { StepProps } from "./setup";

export function Question({ plan, set }: StepProps) {
  const { t, i18n } = useTranslation("steer");
  const { language } = i18n;
  const { data: templates } = useQuery({
    queryKey: ["templates", language],
    queryFn: () => ask(api.GET("/api/v1/templates", { params: { query: { language } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const option = (name: string) => (plan.options[name] as number | undefined) ?? "";
  const setOption = (name: string, value: unknown) => {
    const { [name]: _, ...rest } = plan.options;
    set({ options: value === "" ? rest : { ...rest, [name]: value } });
  };
  return (
    <>
      {templates && (
        <div>
          <Text size="sm" fw={500} id="templates">
            {t("setup.startFrom")}
          </Text>
          <Group gap="xs" role="group" aria-labelledby="templates">
            {templates.map((one) => (
              <Button
                key={one.id}
                variant="default"
                size="xs"
                title={one.about}
                onClick={() => set(from(one, plan))}
              >
                {one.title}
              </Button>
            ))}
          </Group>
        </div>
      )}
      <TextInput
        label={t("setup.ask")}
        description={t("setup.askHelp")}
        required
        autoFocus
        value={plan.ask}
        onChange={({ currentTarget: { value } }) => set({ ask: value })}
      />
      <Select
        label={t("setup.kind")}
        data={KINDS.map((value) => ({ value, label: t(`setup.kinds.${value}`) }))}
        value={plan.kind}
        onChange={(kind) => kind && set({ kind: kind as Kind, options: {} })}
        allowDeselect={false}
      />
      {CLASSED.includes(plan.kind) && (
        <ClassEditor drafts={plan.classes} onChange={(drafts) => set({ classes: drafts })} />
      )}
      {plan.kind === "number" && (
        <Group grow>
          <NumberInput
            label={t("setup.min")}
            value={option("min")}
            onChange={(value) => setOption("min", value)}
          />
          <NumberInput
            label={t("setup.max")}
            value={option("max")}
            onChange={(value) => setOption("max", value)}
          />
          <TextInput
            label={t("setup.unit")}
            value={String(plan.options.unit ?? "")}
            onChange={({ currentTarget: { value } }) => setOption("unit", value)}
          />
        </Group>
      )}
      <Textarea
        label={t("setup.guideline")}
        description={t("setup.guidelineHelp")}
        autosize
        minRows={3}
        maxRows={12}
        value={plan.guideline}
        onChange={({ currentTarget: { value } }) => set({ guideline: value })}
      />
    </>
  );
}
