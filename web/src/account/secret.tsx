// A password. What is typed can be shown by keyboard, too, and the button for it has a name in the reader's language.
import { PasswordInput, type PasswordInputProps } from "@mantine/core";
import { useTranslation } from "react-i18next";

export function Secret(props: PasswordInputProps) {
  const { t } = useTranslation();
  return (
    <PasswordInput
      {...props}
      required
      visibilityToggleFocusable
      visibilityToggleButtonProps={{ "aria-label": t("signIn.show") }}
    />
  );
}
