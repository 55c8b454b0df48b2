"""Every address of signing in and of one's own account, one by one. Names that are not ours are django-allauth's."""

from django.urls import path

from appliances.web import account, confirm, factors, sign_in

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/", sign_in.sign_in, name="account_login"),
    path("sign-in/passkey/", sign_in.passkey, name="mfa_login_webauthn"),
    path("sign-in/second-factor/", sign_in.second_factor, name="mfa_authenticate"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("sign-out/", sign_in.sign_out, name="account_logout"),
    path("account/", account.account, name="account"),
    path("account/", account.account, name="mfa_index"),
    path("account/password/", account.password, name="account_change_password"),
    path("account/confirm/", confirm.password, name="account_reauthenticate"),
    path("account/confirm/code/", confirm.code, name="mfa_reauthenticate"),
    path("account/confirm/passkey/", confirm.passkey, name="mfa_reauthenticate_webauthn"),
    path("account/app/add/", factors.add_app, name="mfa_activate_totp"),
    path("account/app/remove/", factors.remove_app, name="mfa_deactivate_totp"),
    path("account/passkeys/", factors.passkeys, name="mfa_list_webauthn"),
    path("account/passkeys/add/", factors.add_passkey, name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/name/", factors.name_passkey, name="mfa_edit_webauthn"),
    path("account/passkeys/<int:pk>/remove/", factors.remove_passkey, name="mfa_remove_webauthn"),
    path("account/recovery-codes/", factors.codes, name="mfa_view_recovery_codes"),
    path("account/recovery-codes/text/", factors.codes_as_text, name="mfa_download_recovery_codes"),
    path("account/recovery-codes/new/", factors.new_codes, name="mfa_generate_recovery_codes"),
    path("account/places/", account.places, name="usersessions_list"),
]
