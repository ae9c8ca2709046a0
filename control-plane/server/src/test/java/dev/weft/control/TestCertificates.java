package dev.weft.control;

/// Two certificates for `vpn.example.com`, good for a hundred years, and their keys, which guard
/// nothing.
final class TestCertificates {
  /// The serial number of [#RENEWED].
  static final int RENEWED_SERIAL = 4711;

  static final String CERTIFICATE =
      """
      -----BEGIN CERTIFICATE-----
      MIIBizCCATGgAwIBAgIUCJeSnOOo3dq2GOyQ/DtUv4T+lTAwCgYIKoZIzj0EAwIw
      GjEYMBYGA1UEAwwPdnBuLmV4YW1wbGUuY29tMCAXDTI2MTEyNDEyNDUwOVoYDzIx
      MjYxMDMxMTI0NTA5WjAaMRgwFgYDVQQDDA92cG4uZXhhbXBsZS5jb20wWTATBgcq
      hkjOPQIBBggqhkjOPQMBBwNCAATKJBwn4gB6I75dFmbbfATunmzzE13QvSHs8xf+
      ncwfS9iFCMMkrr2OPEM5AeMGZ7lMHFN/4EnOhFOmQjryg7Gfo1MwUTAdBgNVHQ4E
      FgQU8HHt4csjzlXye295Y1nR9dT/wvIwHwYDVR0jBBgwFoAU8HHt4csjzlXye295
      Y1nR9dT/wvIwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAS+XXo
      fjBnrj5hpVZiXzkrzIoap3jS1flIWpG6l7A78wIhANK7Wqb9eyDt0LnrPvVeqLoL
      9EZ8cH4ojqNiYs00Qn0G
      -----END CERTIFICATE-----
      """;

  static final String KEY =
      """
      -----BEGIN PRIVATE KEY-----
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQggvHvm5JL1GoM8D2V
      NutV6bmoh+cNO3k3rpE3DxEwV1mhRANCAATKJBwn4gB6I75dFmbbfATunmzzE13Q
      vSHs8xf+ncwfS9iFCMMkrr2OPEM5AeMGZ7lMHFN/4EnOhFOmQjryg7Gf
      -----END PRIVATE KEY-----
      """;

  static final String RENEWED =
      """
      -----BEGIN CERTIFICATE-----
      MIIBeTCCAR+gAwIBAgICEmcwCgYIKoZIzj0EAwIwGjEYMBYGA1UEAwwPdnBuLmV4
      YW1wbGUuY29tMCAXDTI2MTEyNDE2NTM0MloYDzIxMjYxMDMxMTY1MzQyWjAaMRgw
      FgYDVQQDDA92cG4uZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
      AAQ5AgN1j5u3W/2XFmYXRpD1XT9W4Rl+InoFg9w5Bar08FJaYdxJrn0NsgIGViv2
      CJuCSWJaPgd6qwsBgLU/BwSDo1MwUTAdBgNVHQ4EFgQUTA8Xbs8QzhWdh7yCRNAc
      gSXD3YowHwYDVR0jBBgwFoAUTA8Xbs8QzhWdh7yCRNAcgSXD3YowDwYDVR0TAQH/
      BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAgbW+/5hSDtAzwQUz2HtgP/JD6bcx
      WXbrDXySCz1cGYMCICeAe6fkUZkriDZsDDLDakjVfktpgiczTkO2ptUfwujL
      -----END CERTIFICATE-----
      """;

  static final String RENEWED_KEY =
      """
      -----BEGIN PRIVATE KEY-----
      MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqunbtZHdee6N9hFu
      t7KWUbb8xpR5tow91RFaW18xJk6hRANCAAQ5AgN1j5u3W/2XFmYXRpD1XT9W4Rl+
      InoFg9w5Bar08FJaYdxJrn0NsgIGViv2CJuCSWJaPgd6qwsBgLU/BwSD
      -----END PRIVATE KEY-----
      """;

  private TestCertificates() {}
}
