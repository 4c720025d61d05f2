// A reason, and what is done for it: kept where somebody decides about a person.
import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

interface Asked {
  label: string;
  action: string;
  pending: boolean;
  onSend: (reason: string) => void;
  onCancel: () => void;
}

export function Because({ label, action, pending, onSend, onCancel }: Asked) {
  const { t } = useTranslation("shared");
  const [reason, setReason] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim()) onSend(reason.trim());
      }}
    >
      <TextInput
        data-autofocus
        label={label}
        value={reason}
        maxLength={2000}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Group gap="xs" mt="xs">
        <Button size="compact-md" type="submit" disabled={!reason.trim()} loading={pending}>
          {action}
        </Button>
        <Button size="compact-md" variant="default" onClick={onCancel}>
          {t("cancel")}
        </Button>
      </Group>
    </form>
  );
}
