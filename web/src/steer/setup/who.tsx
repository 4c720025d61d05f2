// Step four: who labels, who judges.
import { Button, Checkbox, Group, NumberInput, Select, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import type { StepProps } from "./setup";
import classes from "./setup.module.css";

const ROLES = ["annotator", "expert", "manager", "steward", "auditor", "machine"] as const;

export function Who({ plan, set, me }: StepProps & { me: string }) {
  const { t } = useTranslation("steer");
  const { data } = useQuery({ queryKey: ["accounts"], queryFn: () => ask(api.GET("/api/v1/accounts")) });
  const [name, setName] = useState<string | null>(null);
  const [role, setRole] = useState<string>("annotator");
  const names = (data ?? []).flatMap((one) => (one.name && one.name !== me ? [one.name] : []));
  return (
    <>
      <Checkbox
        label={t("setup.myself")}
        description={t("setup.myselfHelp")}
        checked={plan.labelMyself}
        onChange={(event) => set({ labelMyself: event.currentTarget.checked })}
      />
      {names.length > 0 && (
        <Group align="flex-end">
          <Select
            label={t("setup.person")}
            data={names}
            value={name}
            onChange={setName}
            searchable
            className={classes.grow}
          />
          <Select
            label={t("setup.role")}
            data={ROLES.map((value) => ({ value, label: t(`role.${value}`) }))}
            value={role}
            onChange={(value) => value && setRole(value)}
            allowDeselect={false}
          />
          <Button
            variant="default"
            disabled={!name}
            onClick={() => {
              if (!name) return;
              set({
                members: [
                  ...plan.members.filter((one) => one.name !== name || one.role !== role),
                  { name, role },
                ],
              });
              setName(null);
            }}
          >
            {t("setup.add")}
          </Button>
        </Group>
      )}
      <ul className={classes.members}>
        {plan.members.map((one) => (
          <li key={one.name + one.role}>
            {one.name} · {t(`role.${one.role}`)}
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              onClick={() => set({ members: plan.members.filter((other) => other !== one) })}
              aria-label={t("setup.leaveOut", { name: one.name })}
            >
              ×
            </Button>
          </li>
        ))}
      </ul>
      <NumberInput
        label={t("setup.invited")}
        description={t("setup.invitedHelp")}
        value={plan.invited}
        onChange={(value) => set({ invited: Number(value) || 0 })}
        min={0}
        max={10_000}
        allowDecimal={false}
        className={classes.short}
      />
      <TextInput
        label={t("setup.model")}
        description={t("setup.modelHelp")}
        value={plan.model}
        onChange={(event) => set({ model: event.currentTarget.value })}
        maxLength={200}
        className={classes.short}
      />
    </>
  );
}
