/** Replaces the UI toolkit, whose elements need a browser: nothing is registered, and the tags stay plain elements. */
const none = () => ({});

export const provideVSCodeDesignSystem = () => ({ register: none });
export {
  none as vsCodeButton,
  none as vsCodeCheckbox,
  none as vsCodeDropdown,
  none as vsCodeOption,
  none as vsCodeTextField,
};
