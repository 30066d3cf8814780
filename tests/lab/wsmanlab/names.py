# SPDX-License-Identifier: LGPL-3.0-or-later
"""Namespaces, actions and URIs of DSP0226, DSP0227 and MS-WSMV."""

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
EVENTING = "http://schemas.xmlsoap.org/ws/2004/08/eventing"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
CIMBINDING = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd"
IDENTITY = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
MICROSOFT = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
CIM = "http://schemas.dmtf.org/wbem/wscim/1/common"
XML = "http://www.w3.org/XML/1998/namespace"
VENDOR = "http://wsmanlab.example/extras"

ANONYMOUS = ADDRESSING + "/role/anonymous"
ENUMERATE = ENUMERATION + "/Enumerate"
PULL = ENUMERATION + "/Pull"
RELEASE = ENUMERATION + "/Release"

DMTF_CLASS = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
DMTF_ALL = "http://schemas.dmtf.org/wbem/wscim/1/"
WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/"
WQL = "http://schemas.microsoft.com/wbem/wsman/1/WQL"

NAMESPACE = "root/Microsoft/Windows/SMB"
CLASS = "MSFT_SmbSession"
METHOD = "ForceClose"
WMI_ERROR = DMTF_CLASS + "MSFT_WmiError"

FAULT_ACTIONS = {
    ADDRESSING: ADDRESSING + "/fault",
    ENUMERATION: ENUMERATION + "/fault",
    WSMAN: "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault",
}
FAULT_DETAIL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/"
