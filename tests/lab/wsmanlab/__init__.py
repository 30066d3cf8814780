# SPDX-License-Identifier: LGPL-3.0-or-later
"""Lab 4: a WS-Management server in the shape of Windows, for MSFT_SmbSession.

It is written from DSP0226 and DSP0227, WS-Enumeration, WS-Addressing, MS-WSMV
and RFC 9112, security.py from RFC 4559, RFC 4178, MS-NLMP, RFC 4121 and RFC
5929; nothing here comes from the client that it tests.  pywinrm, MIT's GSSAPI
and ElementTree are the peers that test_wsmanlab*.py prove it with.

Served: Identify; Enumerate, optimized or not, with WQL and SmbInstance; Pull,
Release; ForceClose; by both forms of resource URIs; MaxEnvelopeSize,
OperationTimeout, MaxTime and mustUnderstand are heeded.  Not so: no other
class, no Get, no events, no selector filters, no fragments, no EPRs.

Sessions (table.py), over the control line's "sessions": id, client, user,
scope, node, opens, dialect, transport, instance, exists, idle, frozen, times;
on_close: ends, again (then), stays, refuses (code), vanishes; absent, nil,
empty, raw.

Settings (settings.py has what they may be):

    listeners   tls, client_certificates
    server      path, computer, vendor, anonymous_identify, closers, listers,
                members
    HTTP        transfer, content_type, keep_alive, expect, extra_continue,
                plain_answers, fault_status, drip_bytes, drip_ms
    requests    smb, uris, wmi_selector, invoke_action, must_understand,
                unknown_option, bad_dialect, u64_max
    lists       optimize, empty_items, default_max_elements, page_items,
                one_per_pull, end, context, context_seconds, max_envelope,
                min_envelope, pull_ms, endless
    writing     prefixes, item_namespace, namespace_case, smb_instance, nil,
                order, types, properties, extras, indent, declaration,
                encoding, relates, output, fault_detail
    security    domain, accounts, forbidden_status, schemes, schemes_form,
                mechanisms, keytab, host, certificate, certificate_user,
                tls_max, allow_unencrypted, channel_bindings, ntlm_mic,
                mechlist_mic, final_token, hang_without_authorization,
                drop_after, kerberos_form, answer_protocol, media_type, parts,
                part_tab, part_end, broken, broken_at (security.py)

Rules (rules.py): at http, request, identify, enumerate, pull, release,
invoke; user, id, connection, leg, nth, times; actions:

    anywhere    status, empty_500, forbidden, missing, unavailable,
                unauthorized, redirect, cut, stall, delay
    not at http shape, fault, fault_200, wrong_relates, plain_answer, chunked,
                close, continue, content_type, utf16, bad_utf8, not_xml,
                malformed, dtd, entity_bomb, external_entity,
                parameter_entity, depth_bomb, huge_text, many,
                many_attributes, long_body, long_name, short_length,
                long_length, bad_length, long_header, bad_status_line, raw,
                drop_context, replay, trickle

Faults (faults.py): access_denied, access_denied_wsman, access_denied_cim,
not_found, invalid_class, invalid_namespace, invalid_query, method_missing,
failed, timed_out, timed_out_cim, pull_timed_out, quota, quota_shells,
quota_operations, quota_user, quota_system, quota_shell_users,
quota_plugin_operations, quota_cim, invalid_context, encoding_limit,
envelope_too_small, request_too_large, dialect, action, header_required,
resource_uri, selectors, options, schema, unsupported, internal, concurrency,
must_understand.

The control line's requests: set, reset, settings, rules, sessions, end, user,
cut, contexts, counts, invokes, requests, heard.

Modules: names; xmlread, request, wql (what is asked); table, service (what is
done); xmlwrite, faults, answers (what is answered); rules, hostile, settings
(misbehaviour); httpio, connection, operation, server (the process); security,
ntlm, kerberos, multipart, certificates.
"""
