/* SPDX-License-Identifier: LGPL-3.0-or-later */
/* Names of WS-Management that both directions need. */
#ifndef SM_WIRE_WSMAN_NAMES_H
#define SM_WIRE_WSMAN_NAMES_H

#define SM_NS_SOAP "http://www.w3.org/2003/05/soap-envelope"
#define SM_NS_ADDRESSING "http://schemas.xmlsoap.org/ws/2004/08/addressing"
#define SM_NS_ENUMERATION "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
#define SM_NS_WSMAN "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
#define SM_NS_MICROSOFT "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
#define SM_NS_FAULT "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
#define SM_NS_IDENTITY                                                         \
	"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
#define SM_NS_INSTANCE "http://www.w3.org/2001/XMLSchema-instance"
#define SM_NS_SCHEMA "http://www.w3.org/2001/XMLSchema"

#define SM_CIM_NAMESPACE "root/Microsoft/Windows/SMB"
#define SM_CIM_CLASS "MSFT_SmbSession"
#define SM_CIM_METHOD "ForceClose"

#define SM_URI_DMTF                                                            \
	"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/" SM_CIM_CLASS
#define SM_URI_NAMESPACE                                                       \
	"http://schemas.microsoft.com/wbem/wsman/1/wmi/" SM_CIM_NAMESPACE
#define SM_URI_WMI SM_URI_NAMESPACE "/" SM_CIM_CLASS
#define SM_URI_QUERY SM_URI_NAMESPACE "/*"

#endif /* SM_WIRE_WSMAN_NAMES_H */
