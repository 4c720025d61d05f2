// The last step before a new version is in force: why, and publish it.
import { Button, Group, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

interface Publishing {
  /** What it would do was seen, and is sound. */
  ready: boolean;
  busy: boolean;
  onPublish: (reason: string) => void;
  onCancel: () => void;
  /** What can be done first. */
  children?: ReactNode;
}

export function Publish({ ready, busy, onPublish, onCancel, children }: Publishing) {
  const { t } = useTranslation("steer");
  const [reason, setReason] = useState("");
  return (
    <>
      <TextInput
        label={t("specs.why")}
        description={t("specs.whyHint")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={1000}
      />
      <Group>
        {children}
        <Button onClick={() => onPublish(reason.trim())} disabled={!ready || !reason.trim()} loading={busy}>
          {t("specs.publish")}
        </Button>
        <Button variant="subtle" color="gray" onClick={onCancel}>
          {t("cancel", { ns: "shared" })}
        </Button>
      </Group>
    </>
  );
}
