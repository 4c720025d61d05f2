// Hold what somebody is owed, release it, or take it back: always with a reason, which they read.
import { Button, Group, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { queries } from "@/api/queries";
import { Dialog } from "@/shared/dialog";
import { Failed } from "@/shared/states";
import { Reason } from "./reason";

export interface Ask {
  what: "hold" | "release" | "reverse";
  who: string;
  name: string | null;
  amount: string;
  hold?: string;
}

export function Move({ project, asked, onClose }: { project: string; asked: Ask; onClose: () => void }) {
  const { t } = useTranslation("steer");
  const { t: shared } = useTranslation();
  const [reason, setReason] = useState("");
  const params = { path: { project } };
  const move = useMutation({
    mutationFn: async () => {
      if (asked.what === "hold") {
        const body = { annotator: asked.who, reason, annotations: [], finding: null };
        await ask(api.POST("/api/v1/projects/{project}/pay/holds", { params, body }));
      } else {
        // biome-ignore lint/suspicious/noThenProperty: so the API calls it, and nobody awaits it
        const body = { hold: asked.hold ?? "", then: asked.what, reason };
        await ask(api.POST("/api/v1/projects/{project}/pay/holds/end", { params, body }));
      }
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["project", project, "pay"] });
      onClose();
    },
  });
  const who = asked.name ?? asked.who;
  return (
    <Dialog title={t(`pay.${asked.what}Of`, { who })} closable onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          move.mutate();
        }}
      >
        <Text mb="sm">{t(`pay.what.${asked.what}`, { who })}</Text>
        <Reason first value={reason} onChange={setReason} />
        {move.error && <Failed error={move.error} />}
        <Group mt="md" justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {shared("cancel")}
          </Button>
          <Button type="submit" loading={move.isPending} disabled={!reason.trim()}>
            {t(`pay.${asked.what}`)}
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
