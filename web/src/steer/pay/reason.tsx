// Why money moves: in words that they read whose money it is.
import { Textarea } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface Props {
  value: string;
  onChange: (reason: string) => void;
  /** Whether it is what one writes first. */
  first?: boolean;
}

export function Reason({ value, onChange, first }: Props) {
  const { t } = useTranslation("steer");
  return (
    <Textarea
      mt="sm"
      label={t("pay.reason")}
      description={t("pay.reasonHint")}
      required
      autosize
      minRows={2}
      maxLength={2000}
      data-autofocus={first || undefined}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
