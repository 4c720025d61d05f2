// "I think this is wrong, because …"
import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { Dialog } from "@/shared/dialog";
import type { Told } from "./feedback";
import { Saying } from "./saying";

interface Disputing {
  told: Told;
  onDone: () => void;
  onClose: () => void;
}

export default function Dispute({ told, onDone, onClose }: Disputing) {
  const { t } = useTranslation("annotate");
  return (
    <Dialog title={t("dispute.title")} onClose={onClose}>
      <Saying
        label={t("dispute.because")}
        description={t("dispute.what")}
        most={5000}
        onSend={(reason) =>
          ask(api.POST("/api/v1/work/disputes", { body: { annotation: told.annotation, reason } }))
        }
        onDone={() => {
          onClose();
          onDone();
        }}
        onCancel={onClose}
      >
        <Text size="sm" c="dimmed" lineClamp={4} dir="auto" lang={told.language ?? undefined}>
          {told.excerpt}
        </Text>
      </Saying>
    </Dialog>
  );
}
