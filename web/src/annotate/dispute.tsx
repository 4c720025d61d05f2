// "I think this is wrong, because …"
import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { Dialog } from "@/shared/dialog";
import type { Told } from "./feedback";

interface Disputing {
  told: Told;
  onDone: () => void;
  onClose: () => void;
}

export default function Dispute({ told, onDone, onClose }: Disputing) {
  const { t } = useTranslation("annotate");
  const [reason, setReason] = useState("");
  const open = useMutation({
    mutationFn: () =>
      ask(
        api.POST("/api/v1/work/disputes", { body: { annotation: told.annotation, reason: reason.trim() } }),
      ),
    onSuccess: () => {
      onClose();
      onDone();
    },
  });
  return (
    <Dialog title={t("dispute.title")} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim()) open.mutate();
        }}
      >
        <Stack>
          <Text size="sm" c="dimmed" lineClamp={4} dir="auto" lang={told.language ?? undefined}>
            {told.excerpt}
          </Text>
          <Textarea
            data-autofocus
            label={t("dispute.because")}
            description={t("dispute.what")}
            autosize
            minRows={3}
            maxLength={5000}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
              event.preventDefault();
              event.currentTarget.form?.requestSubmit();
            }}
            error={open.error?.message}
          />
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              {t("dispute.cancel")}
            </Button>
            <Button type="submit" loading={open.isPending} disabled={!reason.trim()}>
              {t("dispute.send")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
